"""事件上报 (appendix 3.9): what a class client reports, and what of it changes the room."""

import json
from typing import Any

from .. import clock, knobs, ledger, words
from ..errors import Code, Refusal
from ..store.models import Classroom, Event, Person, Stay
from . import presence

OWN_STATE: dict[str, tuple[str, int]] = {
    "camera_open": ("camera", 1),
    "camera_close": ("camera", 0),
    "mic_open": ("mic", 1),
    "mic_close": ("mic", 0),
    "speaker_open": ("speaker", 1),
    "speaker_close": ("speaker", 0),
    "hand_up": ("hand_up", 1),
    "hand_down": ("hand_up", 0),
    "be_disable_camera": ("camera", 0),
    "be_disable_mic": ("mic", 0),
    "be_disable_speaker": ("speaker", 0),
    "screen_share_open": ("screen", 1),
    "screen_share_close": ("screen", 0),
}
OTHERS_STATE = {"disable_camera": "camera", "disable_mic": "mic", "disable_speaker": "speaker"}


def report(room: Classroom, person: Person, name: str, data: Any) -> None:
    """Keep the event and let it change the room. Refusals: 10226 not in the room, 10203 not the
    teacher or assistant of this class, 10228 no place on the microphone."""
    stay = Stay.objects.filter(classroom=room, person=person, quit_time=None).first()
    if stay is None:
        raise Refusal(Code.NOT_A_MEMBER, "you are not in this class")
    if name in words.STAFF_EVENTS and stay.role not in ("teacher", "assistant"):
        raise Refusal(Code.NO_PERMISSION, "only the teacher and the assistants may do this")
    details = unwrapped(data)
    if name in words.STAFF_EVENTS:
        _to_others(room, name, details)
    else:
        _to_self(room, stay, name, details)
    Event.objects.create(classroom=room, person=person, event=name, data=data, at=clock.now())
    ledger.effect(room.enterprise, "class", room.class_id, name, user_id=person.user_id)


def unwrapped(data: Any) -> dict[str, Any]:
    """`data` as an object: clients send an object, JSON in a string, or the bare user id of the other."""
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            return {"user_id": data}
    return data if isinstance(data, dict) else {}


def _to_self(room: Classroom, stay: Stay, name: str, details: dict[str, Any]) -> None:
    if name == "be_kicked":
        presence.end_stay(stay, clock.now(), "kicked")
        return
    if name == "be_silenced":
        stay.silence = wanted_silence(details)
    elif name in OWN_STATE:
        if name in ("mic_open", "camera_open"):
            _must_have_place(room, stay)
        device, state = OWN_STATE[name]
        setattr(stay, device, state)
    stay.camera_used = stay.camera_used or bool(stay.camera)
    stay.screen_used = stay.screen_used or bool(stay.screen)
    stay.save()


def _to_others(room: Classroom, name: str, details: dict[str, Any]) -> None:
    """`data.user_id` names the other; without it, everybody who is no teacher or assistant is meant."""
    inside = Stay.objects.filter(classroom=room, quit_time=None).select_related(
        "person", "classroom__enterprise"
    )
    if user_id := details.get("user_id"):
        others = list(inside.filter(person__user_id=str(user_id)))
    else:
        others = list(inside.exclude(role__in=("teacher", "assistant")))
        if name == "slience":
            room.enable_all_silence = wanted_silence(details)
            room.save(update_fields=["enable_all_silence"])
    for stay in others:
        if name == "kick":
            presence.end_stay(stay, clock.now(), "kicked")
        elif name == "slience":
            stay.silence = wanted_silence(details)
            stay.save(update_fields=["silence"])
        elif name in OTHERS_STATE:
            setattr(stay, OTHERS_STATE[name], 0)
            stay.save(update_fields=[OTHERS_STATE[name]])


def wanted_silence(details: dict[str, Any]) -> int:
    """1 unless the event says `silence: 0`."""
    return 0 if details.get("silence", 1) in (0, "0", False) else 1


def _must_have_place(room: Classroom, stay: Stay) -> None:
    limit = room.max_member_limit
    if not limit or stay.role != "student" or stay.mic or stay.camera or not knobs.value("on_mic_limit"):
        return
    students = Stay.objects.filter(classroom=room, quit_time=None, role="student")
    if students.exclude(pk=stay.pk).exclude(mic=0, camera=0).count() >= limit:
        raise Refusal(Code.NO_PLACE_ON_MIC, "all places on the microphone are taken")
