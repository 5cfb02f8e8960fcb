"""Presence: joining, leaving, the list of people, events, heartbeats."""

from typing import Any

from console.sandbox import choices, clock
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.errors import Code, Refusal
from console.sandbox.fields import Field, Int, ListOf, Object, Text
from console.sandbox.paas import members as form
from console.sandbox.saas.account import PLATFORM_FIELD, SESSION_FIELDS, create_session
from console.sandbox.services import access, events, paging, presence, presence_share, runtime
from console.sandbox.store.models import Classroom, Stay


def join(call: Call) -> Answer:
    """Enter as the logged-in person; the client must then send heartbeats."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    stay, before = presence.join_class(room, call.actor(), call.body, beats=True)
    others = [
        {"user_id": one.person.user_id, "camera": one.camera, "mic": one.mic}
        for one in runtime.open_stays(room).select_related("person")
    ]
    return {"role": stay.role, "history_enable_draw": stay.draw, "member_permission_list": others} | before


def visitor_join(call: Call) -> Answer:
    """Enter a public class without an account; also return a session."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    visitor = presence.create_visitor(call.enterprise, call.body.get("nickname", ""))
    presence.join_class(room, visitor, call.body, beats=True)
    return {"visitor_info": presence.visitor_info(visitor)} | create_session(visitor)


def leave(call: Call) -> Answer:
    """Leave as the logged-in person."""
    presence.quit_class(access.get_class(call.enterprise, call.body["class_id"]), call.actor())
    return {}


def runtime_list(call: Call) -> Answer:
    """Return the people present, for one of them, with the seconds taught and the share of each."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    _own_stay(room, call)
    shares = presence_share.PresenceShares(room)

    def row(stay: runtime.Columns) -> dict[str, Any]:
        present = shares.seconds(stay["person_id"], stay["enter_time"])
        return runtime.runtime_row(stay) | {
            "present_seconds": present, "screen": stay["screen"], "draw": stay["draw"],
        }  # fmt: skip

    told = paging.list_page(runtime.RuntimePage(room), call.body, row)
    return told | {"taught_seconds": shares.taught, "class_status": room.status}


def report_event(call: Call) -> Answer:
    """事件上报."""
    room = access.get_class(call.enterprise, call.body["class_id"])
    events.report_event(room, call.actor(), call.body["event"], call.body.get("data"))
    return {}


def heartbeat(call: Call) -> Answer:
    """Record a heartbeat; 10226 tells a client that it is no longer in the classroom."""
    stay = _own_stay(access.get_class(call.enterprise, call.body["class_id"]), call)
    stay.beat_at = clock.now()
    stay.save(update_fields=["beat_at"])
    return {}


def _own_stay(room: Classroom, call: Call) -> Stay:
    stay = Stay.objects.filter(classroom=room, person=call.actor(), quit_time=None).first()
    if stay is None:
        raise Refusal(Code.NOT_A_MEMBER, "you are not in this class")
    return stay


BY_CLASS = (PLATFORM_FIELD, form.CLASS_ID)
PERMISSIONS = ListOf("member_permission_list", Object("", (
    Text("user_id", required=True), Int("camera", required=True), Int("mic", required=True),
)), required=True)  # fmt: skip
EVENT = Text("event", required=True, least=1, most=64, spellings=choices.EVENT_SPELLINGS)

ENDPOINTS = (
    Endpoint("member/join", "加入课堂", join, (*BY_CLASS, Text("password"), *form.DEVICE_FIELDS),
             (Text("role", required=True), *form.HISTORY_FIELDS, Int("history_enable_draw", required=True),
              PERMISSIONS), writes=True),
    Endpoint("member/visitor/join", "游客加入课堂", visitor_join,
             (*BY_CLASS, Text("password"), Text("nickname")), (form.VISITOR_FIELD, *SESSION_FIELDS),
             writes=True, session=False),
    Endpoint("member/quit", "退出课堂", leave, BY_CLASS, writes=True),
    Endpoint("member/runtime/list", "实时成员", runtime_list, (*BY_CLASS, *paging.PAGE_PARAMETERS),
             paging.list_answer_fields(*form.PERSON_FIELDS, form.STATUS_FIELD)),
    Endpoint("report/event", "事件上报", report_event, (*BY_CLASS, EVENT, Field("data")), writes=True),
    Endpoint("report/heartbeat", "心跳", heartbeat, BY_CLASS, writes=True),
)  # fmt: skip
