"""Presence in the classroom: joining, quitting, stays, and the state of a person's devices."""

import secrets
from typing import Any

from console.sandbox import clock, knobs, ledger, usersig
from console.sandbox.callbacks import callback_queue
from console.sandbox.errors import Code, Refusal
from console.sandbox.services import access, users
from console.sandbox.store.models import Classroom, Person, Stay

DEVICES = ("camera", "mic", "speaker")
STATE_FIELDS = (*DEVICES, "silence", "hand_up")
#: Teaching roles: they act on others, may draw from the start, and need no password.
TEACHING_ROLES = ("teacher", "assistant")


def join_class(
    room: Classroom, person: Person, wanted: dict[str, Any], *, beats: bool
) -> tuple[Stay, dict[str, int]]:
    """Add a person to the classroom; return the stay and the `history_*` of the previous stay.

    `beats`: a class client, which must go on showing signs of life. A second join goes on with the stay.
    """
    role = check_entry(room, person, wanted.get("password", ""))
    last = Stay.objects.filter(classroom=room, person=person).order_by("-id").first()
    history = {f"history_{name}": getattr(last, name) if last else -1 for name in STATE_FIELDS}
    given = {name: wanted[name] for name in DEVICES if name in wanted}
    stay = last if last and last.quit_time is None else _build_stay(room, person, role, last)
    for name, value in given.items():
        setattr(stay, name, value)
    stay.camera_used = stay.camera_used or bool(stay.camera)
    stay.beat_at = clock.now() if beats else stay.beat_at
    entered = stay.pk is None
    stay.save()
    if entered:
        ledger.record_effect(
            room.enterprise, "class", room.class_id, "joined", user_id=person.user_id, role=role
        )
        callback_queue.enqueue_join_class(stay)
    return stay, history


def check_entry(room: Classroom, person: Person, password: str) -> str:
    """Return the role that a person enters with, or raise the refusal that says why not."""
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over")
    early = knobs.value("early_entry_s")
    if room.status == "will" and early and clock.now() < room.start_time - early:
        raise Refusal(Code.TOO_EARLY, "the class may be entered one hour before its start")
    role = access.role_in_class(room, person)
    if role is None and room.class_type != "public":
        raise Refusal(Code.NOT_A_MEMBER, "only the members of the class may enter")
    # Non-members only listen: a teacher of another class has no rights in this one.
    role = role or ("visitor" if person.role == "visitor" else "student")
    if role in ("student", "visitor") and room.password and password != room.password:
        raise Refusal(Code.WRONG_CLASS_PASSWORD, "the password of the class is wrong")
    _check_capacity(room, person)
    return role


def _check_capacity(room: Classroom, person: Person) -> None:
    if not room.max_member_num:
        return
    inside = Stay.objects.filter(classroom=room, quit_time=None)
    if inside.exclude(person=person).count() >= room.max_member_num:
        raise Refusal(Code.CLASS_FULL, "the class is full")


def _build_stay(room: Classroom, person: Person, role: str, last: Stay | None) -> Stay:
    stay = Stay(classroom=room, person=person, role=role, enter_time=clock.now())
    if last is not None and knobs.value("rejoin_devices") == "as_left":
        for name in DEVICES:
            setattr(stay, name, getattr(last, name))
    stay.draw = last.draw if last else int(role in TEACHING_ROLES)
    if last is not None:
        stay.silence = last.silence
    elif room.enable_all_silence and role == "student":
        stay.silence = 1
    return stay


def join_visitor(room: Classroom, wanted: dict[str, Any], *, beats: bool) -> dict[str, Any]:
    """Create a visitor in a public class; return `visitor_info`."""
    visitor = create_visitor(room.enterprise, wanted.get("nickname", ""))
    join_class(room, visitor, wanted, beats=beats)
    return visitor_info(visitor)


def create_visitor(enterprise: Any, nickname: str) -> Person:
    """Create a visitor, valid for public classes."""
    user_id = f"visitor_{secrets.token_hex(6)}"
    return users.create(enterprise, user_id, "visitor", nickname=nickname or user_id)


def visitor_info(visitor: Person) -> dict[str, Any]:
    """Return id, token and an IM signature for 24 hours."""
    owner = visitor.enterprise
    signature = usersig.make_user_sig(owner.sdkappid, owner.private_key, visitor.user_id, clock.now())
    return {"user_id": visitor.user_id, "user_token": visitor.user_token, "user_sig": signature}


def quit_class(room: Classroom, person: Person, *, why: str = "quit") -> None:
    """End a person's stay; do nothing if they are not in the classroom."""
    stay = Stay.objects.filter(classroom=room, person=person, quit_time=None).first()
    if stay is not None:
        end_stay(stay, clock.now(), why)


def end_stay(stay: Stay, moment: int, why: str) -> None:
    """Close a stay at a time, never before its start."""
    room = stay.classroom
    stay.quit_time = max(moment, stay.enter_time)
    stay.save(update_fields=["quit_time"])
    user_id = stay.person.user_id
    ledger.record_effect(room.enterprise, "class", room.class_id, "left", user_id=user_id, why=why)
    callback_queue.enqueue_quit_class(stay)


def end_all_stays(room: Classroom, moment: int) -> None:
    """End all stays at the end of the class."""
    inside = Stay.objects.filter(classroom=room, quit_time=None).select_related(
        "classroom__enterprise", "person"
    )
    for stay in inside.order_by("id"):
        end_stay(stay, moment, "class_over")
