"""课堂模块: create, change, find and delete classes."""

from typing import Any

from django.db.models import QuerySet

from console.sandbox import clock, knobs, ledger, usersig
from console.sandbox.errors import Code, Refusal, invalid
from console.sandbox.services import access
from console.sandbox.store.models import Classroom, Enterprise, Member

DEFAULT_SECONDS = 7200
SETTINGS_DEFAULTS: dict[str, Any] = {
    "fps": 20,
    "layout": 1,
    "record_types": ["local"],
    "bitrate": 850,
    "auto_open_mic": 0,
    "auto_open_camera": 0,
}
COLUMNS = (
    "teacher_id", "assistant_id", "class_type", "start_time", "stop_time", "password", "max_member_limit",
    "max_member_num", "enable_all_silence", "admin_id", "admin_sig", "record_user_id", "record_user_sig",
)  # fmt: skip


def read_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Return the given settings: the flat form of the tables, overridden by the nested form."""
    flat = {name: body[name] for name in SETTINGS_DEFAULTS if name in body}
    nested = {
        k: v
        for k, v in body.get("settings", {}).items()
        if k in SETTINGS_DEFAULTS or k in LATER_REVISION_SETTINGS
    }
    return flat | nested


LATER_REVISION_SETTINGS = ("screen_resolution", "screen_fps", "screen_bitrate")


def create(enterprise: Enterprise, body: dict[str, Any]) -> Classroom:
    """Create a class with its members; the teacher is always one of them."""
    now = clock.now()
    start = body.get("start_time", now)
    room = Classroom(
        enterprise=enterprise,
        create_time=now,
        **(
            {"class_type": "public", "start_time": start, "stop_time": start + DEFAULT_SECONDS}
            | _columns(body)
        ),
    )
    room.settings = SETTINGS_DEFAULTS | read_settings(body)
    room.topic = body.get("class_topic", "")
    _check(room)
    room.save()
    if "class_topic" not in body:
        room.topic = str(room.class_id)
        room.save(update_fields=["topic"])
    replace_members(room, body.get("members", []))
    ledger.record_effect(enterprise, "class", room.class_id, "created", topic=room.topic,
                         type=room.class_type, teacher=room.teacher_id, start=room.start_time,
                         stop=room.stop_time)  # fmt: skip
    return room


def modify(room: Classroom, body: dict[str, Any]) -> None:
    """Set the given fields; `members` replaces the list. Refusal 10223 while it runs, 10224 afterwards."""
    _check_not_started(room)
    for name, value in _columns(body).items():
        setattr(room, name, value)
    room.topic = body.get("class_topic", room.topic)
    room.settings = room.settings | read_settings(body)
    _check(room)
    room.save()
    if "members" in body:
        replace_members(room, body["members"])
    elif {"teacher_id", "assistant_id"} & body.keys():
        replace_members(room, expected_students(room))
    changed = sorted(set(body) - {"class_id"})
    ledger.record_effect(room.enterprise, "class", room.class_id, "modified", fields=changed)


def delete(room: Classroom) -> None:
    """Delete a class; raise Refusal 10223 while it runs."""
    if room.status == "ing":
        raise Refusal(Code.CLASS_RUNNING, "the class is in progress and cannot be deleted")
    room.deleted = True
    room.save(update_fields=["deleted"])
    ledger.record_effect(room.enterprise, "class", room.class_id, "deleted")


def was_deleted(enterprise: Enterprise, class_id: int) -> bool:
    """Return whether such a class was deleted (for the knob of a second delete)."""
    return Classroom.objects.filter(enterprise=enterprise, class_id=class_id, deleted=True).exists()


def filter_classes(enterprise: Enterprise, body: dict[str, Any]) -> QuerySet[Classroom]:
    """Return the classes of a filter by creation time; new ones appear after the lag of lists."""
    rooms = Classroom.objects.filter(enterprise=enterprise, deleted=False)
    if lag := knobs.value("list_lag_s"):
        rooms = rooms.filter(create_time__lte=clock.now() - lag)
    if user_id := body.get("user_id"):
        rooms = rooms.filter(pk__in=Member.objects.filter(person__user_id=user_id).values("classroom"))
    if statuses := body.get("class_status"):
        rooms = rooms.filter(status__in=statuses)
    if types := body.get("class_type"):
        rooms = rooms.filter(class_type__in=types)
    order = ("-create_time", "-pk") if body.get("create_time_desc", True) else ("create_time", "pk")
    return rooms.order_by(*order)


def expected_students(room: Classroom) -> list[dict[str, str]]:
    """Return the members other than teacher and assistant, as class/modify would send them."""
    rows = Member.objects.filter(classroom=room).exclude(role__in=("teacher", "assistant")).order_by("id")
    return [{"user_id": m.person.user_id, "role": m.role} for m in rows.select_related("person")]


def replace_members(room: Classroom, wanted: list[dict[str, str]]) -> None:
    """Set the members, besides the teacher and the assistant."""
    roles = {one["user_id"]: one["role"] for one in wanted}
    if room.assistant_id:
        roles[room.assistant_id] = "assistant"
    roles[room.teacher_id] = "teacher"
    people = access.get_people(room.enterprise, list(roles))
    Member.objects.filter(classroom=room).delete()
    Member.objects.bulk_create(
        Member(classroom=room, person=people[user_id], role=role) for user_id, role in roles.items()
    )


def _columns(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in COLUMNS if name in body}


def _check_not_started(room: Classroom) -> None:
    if room.status == "ing":
        raise Refusal(Code.CLASS_RUNNING, "the class is in progress and cannot be changed")
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over and cannot be changed")


def _check(room: Classroom) -> None:
    if room.stop_time < room.start_time:
        raise invalid("stop_time lies before start_time")
    remote = "remote" in room.settings["record_types"] and knobs.value("remote_needs_recorder")
    if remote and not (room.record_user_id and room.record_user_sig):
        raise invalid("remote recording needs record_user_id and record_user_sig")
    if len(room.record_user_id.encode()) > 60:
        raise invalid("record_user_id must be at most 60 bytes")
    if knobs.value("check_user_sigs"):
        _check_sig(room, room.admin_id, room.admin_sig)
        if room.record_user_id:
            _check_sig(room, room.record_user_id, room.record_user_sig)


def _check_sig(room: Classroom, identifier: str, signature: str) -> None:
    owner = room.enterprise
    if not usersig.verify_user_sig(signature, owner.sdkappid, owner.private_key, identifier, clock.now()):
        raise Refusal(Code.IM_GROUP_NOT_MADE, f"the sig of {identifier} is not accepted")
