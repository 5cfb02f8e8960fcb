"""课堂模块 of /paas/v1."""

from dataclasses import replace

from console.sandbox import choices, knobs, links
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.errors import Code, Refusal, invalid
from console.sandbox.fields import Bool, Field, Int, ListOf, Object, Text, flag_field, timestamp_field
from console.sandbox.services import access, classes, lifecycle, paging
from console.sandbox.store.models import Classroom, Member

CLASS_ID = Int("class_id", required=True)
MEMBERS = ListOf(
    "members",
    Object("", (
        Text("role", required=True, words=choices.ROLES, spellings=choices.ROLE_SPELLINGS),
        Text("user_id", required=True, least=1, most=255),
    )),
)  # fmt: skip
SETTINGS: tuple[Field, ...] = (
    ListOf("record_types", Text("", words=choices.RECORD_TYPES), bare=True),
    Text("resolution"),
    Int("fps", least=0),
    Int("layout"),
    flag_field("auto_create_im"),
    Int("bitrate", least=0),
    flag_field("auto_open_mic"),
    flag_field("auto_open_camera"),
    Text("screen_resolution", source="later"),
    Int("screen_fps", least=0, source="later"),
    Int("screen_bitrate", least=0, source="later"),
)
CREATE_FIELDS: tuple[Field, ...] = (
    Text("teacher_id", required=True, least=1, most=255),
    Text("class_topic"),
    Text("class_type", words=choices.CLASS_TYPES),
    timestamp_field("start_time"),
    timestamp_field("stop_time"),
    Text("admin_id", required=True, least=1),
    Text("admin_sig", required=True, least=1),
    *SETTINGS[:8],
    Object("settings", SETTINGS),
    MEMBERS,
    Text("record_user_id"),
    Text("record_user_sig"),
    Int("max_member_limit", least=0),
    Text("assistant_id", source="later"),
    Text("password", source="later"),
    Int("max_member_num", least=0, source="later"),
    flag_field("enable_all_silence", source="later"),
)
LIST_ROW_FIELDS: tuple[Field, ...] = (
    Int("class_id", required=True),
    Text("class_topic", required=True),
    Text("class_type", required=True),
    Text("class_status", required=True),
    Text("teacher_id", required=True),
    Int("create_time", required=True),
    Int("start_time", required=True),
    Int("stop_time", required=True),
)
ANSWERED_SETTINGS = Object(
    "settings",
    tuple(replace(f, required=True) for f in SETTINGS if f.source == "doc" and f.name != "auto_create_im"),
    required=True,
)
INFO_FIELDS: tuple[Field, ...] = (
    *LIST_ROW_FIELDS,
    Int("real_start_time", required=True),
    Int("real_stop_time", required=True),
    Int("member_count", required=True),
    Text("chat_group_id", required=True),
    Text("cmd_group_id", required=True),
    Int("max_member_limit"),
    ANSWERED_SETTINGS,
    replace(MEMBERS, required=True),
)


def list_row(room: Classroom) -> Answer:
    """Return a row of class/list."""
    return {
        "class_id": room.class_id,
        "class_topic": room.topic,
        "class_type": room.class_type,
        "class_status": room.status,
        "teacher_id": room.teacher_id,
        "create_time": room.create_time,
        "start_time": room.start_time,
        "stop_time": room.stop_time,
    }


def class_info(room: Classroom) -> Answer:
    """Return the fields of class/info. `resolution` cannot be set (appendix 3.3)."""
    rows = Member.objects.filter(classroom=room).select_related("person").order_by("id")
    members = [{"role": m.role, "user_id": m.person.user_id} for m in rows]
    limit = {} if room.max_member_limit is None else {"max_member_limit": room.max_member_limit}
    return (
        list_row(room)
        | {
            "real_start_time": room.real_start_time,
            "real_stop_time": room.real_stop_time,
            "member_count": len(members),
            "chat_group_id": f"{room.class_id}_chat",
            "cmd_group_id": str(room.class_id),
            "settings": {"resolution": choices.RESOLUTION} | room.settings,
            "members": members,
        }
        | limit
    )


def create(call: Call) -> Answer:
    """预约课堂."""
    _check_member_roles(call)
    room = classes.create(call.enterprise, call.body)
    return {"class_id": room.class_id} | links.class_urls(room)


def modify(call: Call) -> Answer:
    """修改课堂信息."""
    _check_member_roles(call)
    classes.modify(access.get_class(call.enterprise, call.body["class_id"]), call.body)
    return {}


def delete(call: Call) -> Answer:
    """删除."""
    class_id = call.body["class_id"]
    if knobs.value("second_delete") == "ok" and classes.was_deleted(call.enterprise, class_id):
        return {}
    classes.delete(access.get_class(call.enterprise, class_id))
    return {}


def info(call: Call) -> Answer:
    """查询课堂信息."""
    return class_info(access.get_class(call.enterprise, call.body["class_id"]))


def list_classes(call: Call) -> Answer:
    """查询课堂列表."""
    return paging.list_page(classes.filter_classes(call.enterprise, call.body), call.body, list_row)


def start(call: Call) -> Answer:
    """上课, without class_begin."""
    lifecycle.start_class(_requested_class(call), by_client=False)
    return {}


def stop(call: Call) -> Answer:
    """下课, without class_over."""
    lifecycle.stop_class(_requested_class(call), by_client=False)
    return {}


def _requested_class(call: Call) -> Classroom:
    """Return the class; a given teacher_id (later revision) must be that of its teacher."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    if call.body.get("teacher_id", room.teacher_id) != room.teacher_id:
        raise Refusal(Code.NO_PERMISSION, "teacher_id is not the teacher of this class")
    return room


def _check_member_roles(call: Call) -> None:
    teachers = {call.body.get("teacher_id"), call.body.get("assistant_id")}
    for one in call.body.get("members", []):
        if (
            knobs.value("create_role_student_only")
            and one["role"] != "student"
            and one["user_id"] not in teachers
        ):
            raise invalid("members[].role must be student")


MODIFY_FIELDS = (CLASS_ID, *(replace(field, required=False) for field in CREATE_FIELDS))
LIST_PARAMETERS = (
    *paging.PAGE_PARAMETERS,
    Text("user_id"),
    Bool("create_time_desc"),
    ListOf("class_status", Text("", words=choices.STATUSES)),
    ListOf("class_type", Text("", words=choices.CLASS_TYPES)),
)
CREATED_FIELDS = (
    Int("class_id", required=True),
    Text("teacher_url", required=True),
    Text("student_url", required=True),
)
START_STOP_FIELDS = (CLASS_ID, Text("teacher_id", source="later"))

ENDPOINTS = (
    Endpoint("class/create", "预约课堂", create, CREATE_FIELDS, CREATED_FIELDS, writes=True),
    Endpoint("class/delete", "删除", delete, (CLASS_ID,), writes=True),
    Endpoint("class/modify", "修改课堂信息", modify, MODIFY_FIELDS, writes=True),
    Endpoint("class/info", "查询课堂信息", info, (CLASS_ID,), INFO_FIELDS),
    Endpoint(
        "class/list",
        "查询课堂列表",
        list_classes,
        LIST_PARAMETERS,
        paging.list_answer_fields(*LIST_ROW_FIELDS),
    ),
    Endpoint("class/start", "上课", start, START_STOP_FIELDS, writes=True),
    Endpoint("class/stop", "下课", stop, START_STOP_FIELDS, writes=True),
)
