"""成员模块 of /paas/v1."""

from console.sandbox import choices
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.fields import Field, Int, ListOf, Object, Text, flag_field
from console.sandbox.services import access, history, members, paging, presence, runtime, users

CLASS_ID = Int("class_id", required=True)
USER_ID = Text("user_id", required=True, least=1, most=255)
NEW_MEMBER = Object(
    "", (USER_ID, Text("role", required=True, words=choices.ACCOUNT_ROLES, spellings=choices.ROLE_SPELLINGS))
)
DEVICE_FIELDS = tuple(flag_field(name) for name in presence.DEVICES)
HISTORY_FIELDS = tuple(Int(f"history_{name}", required=True) for name in presence.STATE_FIELDS)
PERSON_FIELDS: tuple[Field, ...] = (
    Text("user_id", required=True),
    Text("nickname", required=True),
    Text("gender", required=True),
    Text("avatar", required=True),
    Int("enter_time", required=True),
    Text("role", required=True),
)
STATUS_FIELD = Object(
    "status", tuple(Int(name, required=True) for name in presence.STATE_FIELDS), required=True
)


def add(call: Call) -> Answer:
    """添加课堂预约成员."""
    members.add_members(access.get_class(call.enterprise, call.body["class_id"]), call.body["list"])
    return {}


def delete(call: Call) -> Answer:
    """删除课堂预约成员."""
    members.remove_members(access.get_class(call.enterprise, call.body["class_id"]), call.body["list"])
    return {}


def join(call: Call) -> Answer:
    """成员加入课堂."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    person = users.find(call.enterprise, call.body["user_id"])
    stay, before = presence.join_class(room, person, call.body, beats=False)
    return {"role": stay.role} | before


def visitor_join(call: Call) -> Answer:
    """游客加入课堂."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    return {"visitor_info": presence.join_visitor(room, call.body, beats=False)}


def leave(call: Call) -> Answer:
    """成员退出课堂."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    presence.quit_class(room, users.find(call.enterprise, call.body["user_id"]))
    return {}


def runtime_list(call: Call) -> Answer:
    """获取课堂实时成员列表, including visitors."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    return paging.list_page(runtime.RuntimePage(room), call.body, runtime.runtime_row)


def runtime_total(call: Call) -> Answer:
    """获取课堂实时成员总数."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    return {"total": paging.total_value(runtime.open_stays(room).count())}


def history_list(call: Call) -> Answer:
    """获取课堂历史成员列表, without visitors."""
    return history.history_page(access.get_class(call.enterprise, call.body["class_id"]), call.body)


def history_total(call: Call) -> Answer:
    """获取课堂历史成员总数."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    return {"total": history.history_page(room, {"size": 1})["total"]}


BY_CLASS = (CLASS_ID, *paging.PAGE_PARAMETERS)
TOTAL = (Int("total", required=True),)
VISITOR_FIELD = Object("visitor_info", (
    Text("user_id", required=True), Text("user_token", required=True), Text("user_sig", required=True),
), required=True)  # fmt: skip

ENDPOINTS = (
    Endpoint("member/add", "添加课堂预约成员", add, (CLASS_ID, ListOf("list", NEW_MEMBER, required=True)),
             writes=True),
    Endpoint("member/delete", "删除课堂预约成员", delete,
             (CLASS_ID, ListOf("list", Text("", least=1), required=True)), writes=True),
    Endpoint("member/join", "成员加入课堂", join, (CLASS_ID, USER_ID, Text("password"), *DEVICE_FIELDS),
             (Text("role", required=True), *HISTORY_FIELDS), writes=True),
    Endpoint("member/visitor/join", "游客加入课堂", visitor_join,
             (CLASS_ID, Text("password"), Text("nickname")), (VISITOR_FIELD,), writes=True),
    Endpoint("member/quit", "成员退出课堂", leave, (CLASS_ID, USER_ID), writes=True),
    Endpoint("member/runtime/list", "获取课堂实时成员列表", runtime_list, BY_CLASS,
             paging.list_answer_fields(*PERSON_FIELDS, STATUS_FIELD)),
    Endpoint("member/runtime/total", "获取课堂实时成员总数", runtime_total, (CLASS_ID,), TOTAL),
    Endpoint("member/history/list", "获取课堂历史成员列表", history_list, BY_CLASS,
             paging.list_answer_fields(*PERSON_FIELDS, Int("quit_time", required=True), *HISTORY_FIELDS)),
    Endpoint("member/history/total", "获取课堂历史成员总数", history_total, (CLASS_ID,), TOTAL),
)  # fmt: skip
