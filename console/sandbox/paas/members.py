"""成员模块 of /paas/v1."""

from .. import words
from ..endpoint import Answer, Call, Endpoint
from ..fields import Field, Int, ListOf, Obj, Text, switch
from ..rules import access, history, members, paging, presence, runtime, users

CLASS_ID = Int("class_id", required=True)
USER_ID = Text("user_id", required=True, least=1, most=255)
NEW_MEMBER = Obj(
    "", (USER_ID, Text("role", required=True, words=words.ACCOUNT_ROLES, spellings=words.ROLE_SPELLINGS))
)
DEVICES = tuple(switch(name) for name in presence.DEVICES)
HISTORY = tuple(Int(f"history_{name}", required=True) for name in presence.REMEMBERED)
PERSON: tuple[Field, ...] = (
    Text("user_id", required=True),
    Text("nickname", required=True),
    Text("gender", required=True),
    Text("avatar", required=True),
    Int("enter_time", required=True),
    Text("role", required=True),
)
STATUS = Obj("status", tuple(Int(name, required=True) for name in presence.REMEMBERED), required=True)


def add(call: Call) -> Answer:
    """添加课堂预约成员."""
    members.add(access.classroom(call.enterprise, call.body["class_id"]), call.body["list"])
    return {}


def delete(call: Call) -> Answer:
    """删除课堂预约成员."""
    members.remove(access.classroom(call.enterprise, call.body["class_id"]), call.body["list"])
    return {}


def join(call: Call) -> Answer:
    """成员加入课堂."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    person = users.find(call.enterprise, call.body["user_id"])
    stay, before = presence.join(room, person, call.body, beats=False)
    return {"role": stay.role} | before


def visitor_join(call: Call) -> Answer:
    """游客加入课堂."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    return {"visitor_info": presence.join_visitor(room, call.body, beats=False)}


def leave(call: Call) -> Answer:
    """成员退出课堂."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    presence.quit_room(room, users.find(call.enterprise, call.body["user_id"]))
    return {}


def runtime_list(call: Call) -> Answer:
    """获取课堂实时成员列表, visitors among them."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    return paging.page(runtime.rows(runtime.inside(room)), call.body, runtime.row)


def runtime_total(call: Call) -> Answer:
    """获取课堂实时成员总数."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    return {"total": paging.total(runtime.inside(room).count())}


def history_list(call: Call) -> Answer:
    """获取课堂历史成员列表, without visitors."""
    return history.page(access.classroom(call.enterprise, call.body["class_id"]), call.body)


def history_total(call: Call) -> Answer:
    """获取课堂历史成员总数."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    return {"total": history.page(room, {"size": 1})["total"]}


BY_CLASS = (CLASS_ID, *paging.PAGE)
TOTAL = (Int("total", required=True),)
VISITOR = Obj("visitor_info", (
    Text("user_id", required=True), Text("user_token", required=True), Text("user_sig", required=True),
), required=True)  # fmt: skip

ENDPOINTS = (
    Endpoint("member/add", "添加课堂预约成员", add, (CLASS_ID, ListOf("list", NEW_MEMBER, required=True)),
             writes=True),
    Endpoint("member/delete", "删除课堂预约成员", delete,
             (CLASS_ID, ListOf("list", Text("", least=1), required=True)), writes=True),
    Endpoint("member/join", "成员加入课堂", join, (CLASS_ID, USER_ID, Text("password"), *DEVICES),
             (Text("role", required=True), *HISTORY), writes=True),
    Endpoint("member/visitor/join", "游客加入课堂", visitor_join,
             (CLASS_ID, Text("password"), Text("nickname")), (VISITOR,), writes=True),
    Endpoint("member/quit", "成员退出课堂", leave, (CLASS_ID, USER_ID), writes=True),
    Endpoint("member/runtime/list", "获取课堂实时成员列表", runtime_list, BY_CLASS,
             paging.answer_of(*PERSON, STATUS)),
    Endpoint("member/runtime/total", "获取课堂实时成员总数", runtime_total, (CLASS_ID,), TOTAL),
    Endpoint("member/history/list", "获取课堂历史成员列表", history_list, BY_CLASS,
             paging.answer_of(*PERSON, Int("quit_time", required=True), *HISTORY)),
    Endpoint("member/history/total", "获取课堂历史成员总数", history_total, (CLASS_ID,), TOTAL),
)  # fmt: skip
