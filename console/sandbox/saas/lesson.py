"""The class as a class client sees and changes it, and its courseware."""

from console.sandbox import clock
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.errors import Code, Refusal
from console.sandbox.fields import Text
from console.sandbox.paas import classes as form
from console.sandbox.paas import documents as cards
from console.sandbox.saas.account import PLATFORM_FIELD
from console.sandbox.services import access, classes, documents, lifecycle, paging, presence
from console.sandbox.store.models import Classroom, Person


def info(call: Call) -> Answer:
    """Return the class, whether it needs a password, and the service's time (for the page's clock)."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    return form.class_info(room) | {"has_password": bool(room.password), "now": clock.now()}


def list_own_classes(call: Call) -> Answer:
    """Return my classes."""
    mine = call.body | {"user_id": call.actor().user_id}
    return paging.list_page(classes.filter_classes(call.enterprise, mine), mine, form.list_row)


def start(call: Call) -> Answer:
    """老师开始上课: start the class and queue class_begin."""
    lifecycle.start_class(_class_to_run(call), by_client=True)
    return {}


def stop(call: Call) -> Answer:
    """老师确认下课: stop the class and queue class_over."""
    lifecycle.stop_class(_class_to_run(call), by_client=True)
    return {}


def _class_to_run(call: Call) -> Classroom:
    room = access.get_class(call.enterprise, call.body["class_id"])
    if access.role_in_class(room, call.actor()) not in presence.TEACHING_ROLES:
        raise Refusal(Code.NO_PERMISSION, "only the teacher and the assistants start and end a class")
    return room


def document_list(call: Call) -> Answer:
    """Return public documents and mine."""
    rows = documents.filter_documents(call.enterprise, call.body)
    mine = rows.filter(permission="public") | rows.filter(owner=call.actor().user_id)
    return paging.list_page(mine, call.body, cards.document_info)


def document_add(call: Call) -> Answer:
    """Add a document of mine."""
    body = {name: value for name, value in call.body.items() if name != "platform"}
    return {"doc_id": documents.add(call.enterprise, body | {"owner": call.actor().user_id}).doc_id}


def document_delete(call: Call) -> Answer:
    """Delete documents of mine."""
    _check_ownership(call.actor(), call.body["doc_ids"])
    documents.delete(call.enterprise, call.body["doc_ids"])
    return {}


def _check_ownership(person: Person, doc_ids: list[str]) -> None:
    foreign = (
        documents.active_documents(person.enterprise).filter(doc_id__in=doc_ids).exclude(owner=person.user_id)
    )
    if foreign.exists():
        raise Refusal(Code.NO_PERMISSION, "the document belongs to somebody else")


BY_ID = (PLATFORM_FIELD, form.CLASS_ID, Text("teacher_id", source="later"))
ADD, DELETE, _, LIST = cards.ENDPOINTS

ENDPOINTS = (
    Endpoint("class/info", "课堂信息", info, BY_ID, form.INFO_FIELDS),
    Endpoint(
        "class/list",
        "我的课堂",
        list_own_classes,
        (PLATFORM_FIELD, *form.LIST_PARAMETERS),
        paging.list_answer_fields(*form.LIST_ROW_FIELDS),
    ),
    Endpoint("class/start", "上课", start, BY_ID, writes=True),
    Endpoint("class/stop", "下课", stop, BY_ID, writes=True),
    Endpoint("document/list", "课件列表", document_list, (PLATFORM_FIELD, *LIST.fields), LIST.answer),
    Endpoint(
        "document/add", "添加课件", document_add, (PLATFORM_FIELD, *ADD.fields), ADD.answer, writes=True
    ),
    Endpoint("document/delete", "删除课件", document_delete, (PLATFORM_FIELD, *DELETE.fields), writes=True),
)
