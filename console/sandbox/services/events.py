"""事件上报: events of class clients (appendix 3.9 and more), and their effects on the classroom.

An event is about the person whom `data.user_id` names. Without a name the acts of a teacher (`slience`,
`disable_mic`, `kick`, `PermissionControl` …) are about everybody who is no teacher or assistant, and all
other events about the person who reports them.
"""

import json
from typing import Any

from console.sandbox import choices, clock, knobs, ledger
from console.sandbox.errors import Code, Refusal, invalid
from console.sandbox.services import presence
from console.sandbox.store.models import Classroom, Event, Person, Stay

#: The state that an event sets.
STATE_OF_EVENT: dict[str, tuple[str, int]] = {
    "camera_open": ("camera", 1),
    "camera_close": ("camera", 0),
    "mic_open": ("mic", 1),
    "mic_close": ("mic", 0),
    "speaker_open": ("speaker", 1),
    "speaker_close": ("speaker", 0),
    "hand_up": ("hand_up", 1),
    "hand_down": ("hand_up", 0),
    "disable_camera": ("camera", 0),
    "be_disable_camera": ("camera", 0),
    "disable_mic": ("mic", 0),
    "be_disable_mic": ("mic", 0),
    "disable_speaker": ("speaker", 0),
    "be_disable_speaker": ("speaker", 0),
    "screen_share_open": ("screen", 1),
    "screen_share_close": ("screen", 0),
    "del_slience": ("silence", 0),
    "enable_draw": ("draw", 1),
    "disable_draw": ("draw", 0),
}
#: Events that a client reports of itself on joining, and a teacher's client of somebody else.
SELF_OR_OTHER = ("slience", "del_slience", "enable_draw", "disable_draw", "kicked")
SILENCING = ("slience", "be_silenced", "all_silence")
KICKS = ("kick", "kicked", "be_kicked")
PERMISSION_FIELDS = ("camera", "mic", "draw")
FLAG_VALUES = {0: 0, "0": 0, 1: 1, "1": 1}


def report_event(room: Classroom, person: Person, name: str, data: Any) -> None:
    """Keep the event and let it change the room. Refusals: 10226 not in the room, 10203 not the teacher or
    assistant of this class, 10228 no place on the microphone, 10003 a name that the knob does not take."""
    if name not in choices.EVENTS and knobs.value("further_events") == "refuse":
        raise invalid(f"event must be one of {', '.join(choices.EVENTS)}")
    stay = Stay.objects.filter(classroom=room, person=person, quit_time=None).first()
    if stay is None:
        raise Refusal(Code.NOT_A_MEMBER, "you are not in this class")
    for details in parse_details(data, bare="silence" if name == "all_silence" else "user_id"):
        if _is_about_reporter(stay, name, details):
            _apply_to_reporter(room, stay, name, details)
        elif stay.role in presence.TEACHING_ROLES:
            _apply_to_others(room, name, details)
        else:
            raise Refusal(Code.NO_PERMISSION, "only the teacher and the assistants may do this")
    Event.objects.create(classroom=room, person=person, event=name, data=data, at=clock.now())
    # Any other name could be mistaken for another effect ("deleted").
    what = name if name in choices.EVENTS else "reported"
    ledger.record_effect(room.enterprise, "class", room.class_id, what, event=name, user_id=person.user_id)


def parse_details(data: Any, *, bare: str) -> list[dict[str, Any]]:
    """`data` as objects: clients send one or a list of them, JSON in a string, or a bare value for `bare`."""
    if isinstance(data, str):
        try:
            read = json.loads(data)
        except (ValueError, RecursionError):
            read = None
        # "1001" is a user id, though it can be read as a number.
        data = read if isinstance(read, dict | list) else data
    if isinstance(data, list):
        return [one if isinstance(one, dict) else {bare: one} for one in data] or [{}]
    if data is None or isinstance(data, dict):
        return [data or {}]
    return [{bare: data}]


def _is_about_reporter(stay: Stay, name: str, details: dict[str, Any]) -> bool:
    """Return whether an event is about the person who reports it."""
    if name in SELF_OR_OTHER:
        if user_id := details.get("user_id"):
            return str(user_id) == stay.person.user_id
        # A teacher's `slience` without a name is for everybody; a silenced assistant who comes back reports
        # it of itself, as every client does.
        return name != "slience" or stay.role not in presence.TEACHING_ROLES or stay.silence == 1
    return name not in choices.STAFF_EVENTS + choices.FURTHER_STAFF_EVENTS


def _apply_to_reporter(room: Classroom, stay: Stay, name: str, details: dict[str, Any]) -> None:
    if name not in KICKS:
        _apply_changes(room, stay, _state_changes(name, details))
    elif stay.quit_time is None:
        presence.end_stay(stay, clock.now(), "kicked")


def _apply_to_others(room: Classroom, name: str, details: dict[str, Any]) -> None:
    inside = Stay.objects.filter(classroom=room, quit_time=None).select_related(
        "person", "classroom__enterprise"
    )
    user_id = details.get("user_id")
    if user_id and name != "all_silence":
        meant = inside.filter(person__user_id=str(user_id))
    else:
        meant = inside.exclude(role__in=presence.TEACHING_ROLES)
        if name in SILENCING:
            room.enable_all_silence = silence_value(details)
            room.save(update_fields=["enable_all_silence"])
    for stay in list(meant):
        if name in KICKS:
            presence.end_stay(stay, clock.now(), "kicked")
        else:
            _apply_changes(room, stay, _state_changes(name, details))


def _state_changes(name: str, details: dict[str, Any]) -> dict[str, int]:
    """Return the states that an event sets."""
    if name in SILENCING:
        return {"silence": silence_value(details)}
    if name == "PermissionControl":
        given = {one: details[one] for one in PERMISSION_FIELDS if isinstance(details.get(one), str | int)}
        return {one: FLAG_VALUES[value] for one, value in given.items() if value in FLAG_VALUES}
    return dict([STATE_OF_EVENT[name]]) if name in STATE_OF_EVENT else {}


def _apply_changes(room: Classroom, stay: Stay, changes: dict[str, int]) -> None:
    if changes.get("mic") or changes.get("camera"):
        _check_microphone_limit(room, stay)
    for name, value in changes.items():
        setattr(stay, name, value)
    stay.camera_used = stay.camera_used or bool(stay.camera)
    stay.screen_used = stay.screen_used or bool(stay.screen)
    stay.save()


def silence_value(details: dict[str, Any]) -> int:
    """Return 1 unless the event says `silence: 0`."""
    return 0 if details.get("silence", 1) in (0, "0", False) else 1


def _check_microphone_limit(room: Classroom, stay: Stay) -> None:
    limit = room.max_member_limit
    if not limit or stay.role != "student" or stay.mic or stay.camera or not knobs.value("on_mic_limit"):
        return
    students = Stay.objects.filter(classroom=room, quit_time=None, role="student")
    if students.exclude(pk=stay.pk).exclude(mic=0, camera=0).count() >= limit:
        raise Refusal(Code.NO_PLACE_ON_MIC, "all places on the microphone are taken")
