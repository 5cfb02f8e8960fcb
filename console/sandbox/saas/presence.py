"""Being in the room: joining, leaving, seeing the others, reporting, beating."""

from typing import Any

from .. import clock, words
from ..endpoint import Answer, Call, Endpoint
from ..errors import Code, Refusal
from ..fields import Field, Int, ListOf, Obj, Text
from ..paas import members as form
from ..rules import access, events, paging, presence, runtime, share
from ..store.models import Classroom, Stay
from .account import OPENED, PLATFORM, opened


def join(call: Call) -> Answer:
    """Enter as oneself; from now on the client must beat."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    stay, before = presence.join(room, call.actor(), call.body, beats=True)
    others = [
        {"user_id": one.person.user_id, "camera": one.camera, "mic": one.mic}
        for one in runtime.inside(room).select_related("person")
    ]
    drawing = int(stay.role in ("teacher", "assistant"))
    return {"role": stay.role, "history_enable_draw": drawing, "member_permission_list": others} | before


def visitor_join(call: Call) -> Answer:
    """Enter a public class without an account; answers a session as well."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    visitor = presence.make_visitor(call.enterprise, call.body.get("nickname", ""))
    presence.join(room, visitor, call.body, beats=True)
    return {"visitor_info": presence.visitor_info(visitor)} | opened(visitor)


def leave(call: Call) -> Answer:
    """Leave as oneself."""
    presence.quit_room(access.classroom(call.enterprise, call.body["class_id"]), call.actor())
    return {}


def runtime_list(call: Call) -> Answer:
    """Who is inside, for who is inside; with the seconds taught so far and each one's share of them."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    _own_stay(room, call)
    shares = share.Shares(room)

    def row(stay: runtime.Columns) -> dict[str, Any]:
        present = shares.seconds(stay["person_id"], stay["enter_time"])
        return runtime.row(stay) | {"present_seconds": present, "screen": stay["screen"]}

    told = paging.page(runtime.rows(runtime.inside(room)), call.body, row)
    return told | {"taught_seconds": shares.taught, "class_status": room.status}


def report_event(call: Call) -> Answer:
    """事件上报."""
    room = access.classroom(call.enterprise, call.body["class_id"])
    events.report(room, call.actor(), call.body["event"], call.body.get("data"))
    return {}


def heartbeat(call: Call) -> Answer:
    """A sign of life; 10226 tells a client that it is no longer in the room."""
    stay = _own_stay(access.classroom(call.enterprise, call.body["class_id"]), call)
    stay.beat_at = clock.now()
    stay.save(update_fields=["beat_at"])
    return {}


def _own_stay(room: Classroom, call: Call) -> Stay:
    stay = Stay.objects.filter(classroom=room, person=call.actor(), quit_time=None).first()
    if stay is None:
        raise Refusal(Code.NOT_A_MEMBER, "you are not in this class")
    return stay


BY_CLASS = (PLATFORM, form.CLASS_ID)
PERMISSIONS = ListOf("member_permission_list", Obj("", (
    Text("user_id", required=True), Int("camera", required=True), Int("mic", required=True),
)), required=True)  # fmt: skip
EVENT = Text("event", required=True, words=words.EVENTS, spellings=words.EVENT_SPELLINGS)

ENDPOINTS = (
    Endpoint("member/join", "加入课堂", join, (*BY_CLASS, Text("password"), *form.DEVICES),
             (Text("role", required=True), *form.HISTORY, Int("history_enable_draw", required=True),
              PERMISSIONS), writes=True),
    Endpoint("member/visitor/join", "游客加入课堂", visitor_join,
             (*BY_CLASS, Text("password"), Text("nickname")), (form.VISITOR, *OPENED),
             writes=True, session=False),
    Endpoint("member/quit", "退出课堂", leave, BY_CLASS, writes=True),
    Endpoint("member/runtime/list", "实时成员", runtime_list, (*BY_CLASS, *paging.PAGE),
             paging.answer_of(*form.PERSON, form.STATUS)),
    Endpoint("report/event", "事件上报", report_event, (*BY_CLASS, EVENT, Field("data")), writes=True),
    Endpoint("report/heartbeat", "心跳", heartbeat, BY_CLASS, writes=True),
)  # fmt: skip
