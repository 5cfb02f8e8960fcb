"""The class itself, as the class client sees and moves it; its courseware."""

from .. import clock
from ..endpoint import Answer, Call, Endpoint
from ..errors import Code, Refusal
from ..fields import Text
from ..paas import classes as form
from ..paas import documents as cards
from ..rules import access, classes, documents, lifecycle, paging
from ..store.models import Classroom, Person
from .account import PLATFORM


def info(call: Call) -> Answer:
    """The class, with whether it wants a password and the service's time (for the clock of the page)."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    return form.whole(room) | {"has_password": bool(room.password), "now": clock.now()}


def listing(call: Call) -> Answer:
    """My own classes."""
    mine = call.body | {"user_id": call.actor().user_id}
    return paging.page(classes.listed(call.enterprise, mine), mine, form.brief)


def start(call: Call) -> Answer:
    """老师开始上课: raises class_begin."""
    lifecycle.start(_taught(call), by_client=True)
    return {}


def stop(call: Call) -> Answer:
    """老师确认下课: raises class_over."""
    lifecycle.stop(_taught(call), by_client=True)
    return {}


def _taught(call: Call) -> Classroom:
    room = access.classroom(call.enterprise, call.body["class_id"])
    if access.role_in(room, call.actor()) not in ("teacher", "assistant"):
        raise Refusal(Code.NO_PERMISSION, "only the teacher and the assistants start and end a class")
    return room


def document_list(call: Call) -> Answer:
    """What is public, and what is mine."""
    rows = documents.listed(call.enterprise, call.body)
    mine = rows.filter(permission="public") | rows.filter(owner=call.actor().user_id)
    return paging.page(mine, call.body, cards.card)


def document_add(call: Call) -> Answer:
    """A card of my own."""
    body = {name: value for name, value in call.body.items() if name != "platform"}
    return {"doc_id": documents.add(call.enterprise, body | {"owner": call.actor().user_id}).doc_id}


def document_delete(call: Call) -> Answer:
    """Cards of my own."""
    _must_own(call.actor(), call.body["doc_ids"])
    documents.delete(call.enterprise, call.body["doc_ids"])
    return {}


def _must_own(person: Person, doc_ids: list[str]) -> None:
    foreign = documents.alive(person.enterprise).filter(doc_id__in=doc_ids).exclude(owner=person.user_id)
    if foreign.exists():
        raise Refusal(Code.NO_PERMISSION, "the document belongs to somebody else")


BY_ID = (PLATFORM, form.CLASS_ID, Text("teacher_id", source="later"))
ADD, DELETE, _, LIST = cards.ENDPOINTS

ENDPOINTS = (
    Endpoint("class/info", "课堂信息", info, BY_ID, form.WHOLE),
    Endpoint("class/list", "我的课堂", listing, (PLATFORM, *form.FILTER), paging.answer_of(*form.BRIEF)),
    Endpoint("class/start", "上课", start, BY_ID, writes=True),
    Endpoint("class/stop", "下课", stop, BY_ID, writes=True),
    Endpoint("document/list", "课件列表", document_list, (PLATFORM, *LIST.fields), LIST.answer),
    Endpoint("document/add", "添加课件", document_add, (PLATFORM, *ADD.fields), ADD.answer, writes=True),
    Endpoint("document/delete", "删除课件", document_delete, (PLATFORM, *DELETE.fields), writes=True),
)
