"""课堂模块 of /paas/v1."""

from dataclasses import replace

from .. import address, knobs, words
from ..endpoint import Answer, Call, Endpoint
from ..errors import Code, Refusal, invalid
from ..fields import Bool, Field, Int, ListOf, Obj, Text, moment, switch
from ..rules import access, classes, lifecycle, paging
from ..store.models import Classroom, Member

CLASS_ID = Int("class_id", required=True)
MEMBERS = ListOf(
    "members",
    Obj("", (
        Text("role", required=True, words=words.ROLES, spellings=words.ROLE_SPELLINGS),
        Text("user_id", required=True, least=1, most=255),
    )),
)  # fmt: skip
SETTINGS: tuple[Field, ...] = (
    ListOf("record_types", Text("", words=words.RECORD_TYPES), bare=True),
    Text("resolution"),
    Int("fps", least=0),
    Int("layout"),
    switch("auto_create_im"),
    Int("bitrate", least=0),
    switch("auto_open_mic"),
    switch("auto_open_camera"),
    Text("screen_resolution", source="later"),
    Int("screen_fps", least=0, source="later"),
    Int("screen_bitrate", least=0, source="later"),
)
FORM: tuple[Field, ...] = (
    Text("teacher_id", required=True, least=1, most=255),
    Text("class_topic"),
    Text("class_type", words=words.CLASS_TYPES),
    moment("start_time"),
    moment("stop_time"),
    Text("admin_id", required=True, least=1),
    Text("admin_sig", required=True, least=1),
    *SETTINGS[:8],
    Obj("settings", SETTINGS),
    MEMBERS,
    Text("record_user_id"),
    Text("record_user_sig"),
    Int("max_member_limit", least=0),
    Text("assistant_id", source="later"),
    Text("password", source="later"),
    Int("max_member_num", least=0, source="later"),
    switch("enable_all_silence", source="later"),
)
BRIEF: tuple[Field, ...] = (
    Int("class_id", required=True),
    Text("class_topic", required=True),
    Text("class_type", required=True),
    Text("class_status", required=True),
    Text("teacher_id", required=True),
    Int("create_time", required=True),
    Int("start_time", required=True),
    Int("stop_time", required=True),
)
TOLD_SETTINGS = Obj(
    "settings",
    tuple(replace(f, required=True) for f in SETTINGS if f.source == "doc" and f.name != "auto_create_im"),
    required=True,
)
WHOLE: tuple[Field, ...] = (
    *BRIEF,
    Int("real_start_time", required=True),
    Int("real_stop_time", required=True),
    Int("member_count", required=True),
    Text("chat_group_id", required=True),
    Text("cmd_group_id", required=True),
    Int("max_member_limit"),
    TOLD_SETTINGS,
    replace(MEMBERS, required=True),
)


def brief(room: Classroom) -> Answer:
    """A row of class/list."""
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


def whole(room: Classroom) -> Answer:
    """What class/info says. `resolution` is the service's own: it cannot be set (appendix 3.3)."""
    rows = Member.objects.filter(classroom=room).select_related("person").order_by("id")
    members = [{"role": m.role, "user_id": m.person.user_id} for m in rows]
    limit = {} if room.max_member_limit is None else {"max_member_limit": room.max_member_limit}
    return (
        brief(room)
        | {
            "real_start_time": room.real_start_time,
            "real_stop_time": room.real_stop_time,
            "member_count": len(members),
            "chat_group_id": f"{room.class_id}_chat",
            "cmd_group_id": str(room.class_id),
            "settings": {"resolution": words.RESOLUTION} | room.settings,
            "members": members,
        }
        | limit
    )


def create(call: Call) -> Answer:
    """预约课堂."""
    _students_only(call)
    room = classes.create(call.enterprise, call.body)
    return {"class_id": room.class_id} | address.links(room)


def modify(call: Call) -> Answer:
    """修改课堂信息."""
    _students_only(call)
    classes.modify(access.classroom(call.enterprise, call.body["class_id"]), call.body)
    return {}


def delete(call: Call) -> Answer:
    """删除."""
    class_id = call.body["class_id"]
    if knobs.value("second_delete") == "ok" and classes.was_deleted(call.enterprise, class_id):
        return {}
    classes.delete(access.classroom(call.enterprise, class_id))
    return {}


def info(call: Call) -> Answer:
    """查询课堂信息."""
    return whole(access.classroom(call.enterprise, call.body["class_id"]))


def listing(call: Call) -> Answer:
    """查询课堂列表."""
    return paging.page(classes.listed(call.enterprise, call.body), call.body, brief)


def start(call: Call) -> Answer:
    """上课, without class_begin."""
    lifecycle.start(_named(call), by_client=False)
    return {}


def stop(call: Call) -> Answer:
    """下课, without class_over."""
    lifecycle.stop(_named(call), by_client=False)
    return {}


def _named(call: Call) -> Classroom:
    """The class; a teacher_id that is sent along (later revision) must be its teacher's."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    if call.body.get("teacher_id", room.teacher_id) != room.teacher_id:
        raise Refusal(Code.NO_PERMISSION, "teacher_id is not the teacher of this class")
    return room


def _students_only(call: Call) -> None:
    teachers = {call.body.get("teacher_id"), call.body.get("assistant_id")}
    for one in call.body.get("members", []):
        if (
            knobs.value("create_role_student_only")
            and one["role"] != "student"
            and one["user_id"] not in teachers
        ):
            raise invalid("members[].role must be student")


CHANGES = (CLASS_ID, *(replace(field, required=False) for field in FORM))
FILTER = (
    *paging.PAGE,
    Text("user_id"),
    Bool("create_time_desc"),
    ListOf("class_status", Text("", words=words.STATUSES)),
    ListOf("class_type", Text("", words=words.CLASS_TYPES)),
)
MADE = (
    Int("class_id", required=True),
    Text("teacher_url", required=True),
    Text("student_url", required=True),
)
BY_ID = (CLASS_ID, Text("teacher_id", source="later"))

ENDPOINTS = (
    Endpoint("class/create", "预约课堂", create, FORM, MADE, writes=True),
    Endpoint("class/delete", "删除", delete, (CLASS_ID,), writes=True),
    Endpoint("class/modify", "修改课堂信息", modify, CHANGES, writes=True),
    Endpoint("class/info", "查询课堂信息", info, (CLASS_ID,), WHOLE),
    Endpoint("class/list", "查询课堂列表", listing, FILTER, paging.answer_of(*BRIEF)),
    Endpoint("class/start", "上课", start, BY_ID, writes=True),
    Endpoint("class/stop", "下课", stop, BY_ID, writes=True),
)
