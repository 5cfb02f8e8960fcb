"""Who is in the room: joining, quitting, stays, and what is remembered of a person's devices."""

import secrets
from typing import Any

from .. import clock, knobs, ledger, usersig
from ..callbacks import queue
from ..errors import Code, Refusal
from ..store.models import Classroom, Person, Stay
from . import access, users

DEVICES = ("camera", "mic", "speaker")
REMEMBERED = (*DEVICES, "silence", "hand_up")


def join(
    room: Classroom, person: Person, wanted: dict[str, Any], *, beats: bool
) -> tuple[Stay, dict[str, int]]:
    """Put a person into the room; answers the stay and the `history_*` of the stay before.

    `beats`: a class client, which must go on showing signs of life. A second join goes on with the stay.
    """
    role = may_enter(room, person, wanted.get("password", ""))
    last = Stay.objects.filter(classroom=room, person=person).order_by("-id").first()
    history = {f"history_{name}": getattr(last, name) if last else -1 for name in REMEMBERED}
    given = {name: wanted[name] for name in DEVICES if name in wanted}
    stay = last if last and last.quit_time is None else _new_stay(room, person, role, last)
    for name, value in given.items():
        setattr(stay, name, value)
    stay.camera_used = stay.camera_used or bool(stay.camera)
    stay.beat_at = clock.now() if beats else stay.beat_at
    entered = stay.pk is None
    stay.save()
    if entered:
        ledger.effect(room.enterprise, "class", room.class_id, "joined", user_id=person.user_id, role=role)
        queue.joined(stay)
    return stay, history


def may_enter(room: Classroom, person: Person, password: str) -> str:
    """The role that a person enters with, or the refusal that tells why not."""
    if room.status == "end":
        raise Refusal(Code.CLASS_OVER, "the class is over")
    early = knobs.value("early_entry_s")
    if room.status == "will" and early and clock.now() < room.start_time - early:
        raise Refusal(Code.TOO_EARLY, "the class may be entered one hour before its start")
    role = access.role_in(room, person)
    if role is None and room.class_type != "public":
        raise Refusal(Code.NOT_A_MEMBER, "only the members of the class may enter")
    if role is None and room.password and password != room.password:
        raise Refusal(Code.WRONG_CLASS_PASSWORD, "the password of the class is wrong")
    _must_have_room(room, person)
    # Whoever is not expected listens: a teacher of another class has no say in this one.
    return role or ("visitor" if person.role == "visitor" else "student")


def _must_have_room(room: Classroom, person: Person) -> None:
    if not room.max_member_num:
        return
    inside = Stay.objects.filter(classroom=room, quit_time=None)
    if inside.exclude(person=person).count() >= room.max_member_num:
        raise Refusal(Code.CLASS_FULL, "the class is full")


def _new_stay(room: Classroom, person: Person, role: str, last: Stay | None) -> Stay:
    stay = Stay(classroom=room, person=person, role=role, enter_time=clock.now())
    if last is not None and knobs.value("rejoin_devices") == "as_left":
        for name in DEVICES:
            setattr(stay, name, getattr(last, name))
    if last is not None:
        stay.silence = last.silence
    elif room.enable_all_silence and role == "student":
        stay.silence = 1
    return stay


def join_visitor(room: Classroom, wanted: dict[str, Any], *, beats: bool) -> dict[str, Any]:
    """Make a visitor and put them into a public class; answers `visitor_info`."""
    visitor = make_visitor(room.enterprise, wanted.get("nickname", ""))
    join(room, visitor, wanted, beats=beats)
    return visitor_info(visitor)


def make_visitor(enterprise: Any, nickname: str) -> Person:
    """A person that the service makes up, good for public classes."""
    user_id = f"visitor_{secrets.token_hex(6)}"
    return users.create(enterprise, user_id, "visitor", nickname=nickname or user_id)


def visitor_info(visitor: Person) -> dict[str, Any]:
    """What a visitor needs: id, token and an IM signature for 24 hours."""
    owner = visitor.enterprise
    signature = usersig.make(owner.sdkappid, owner.private_key, visitor.user_id, clock.now())
    return {"user_id": visitor.user_id, "user_token": visitor.user_token, "user_sig": signature}


def quit_room(room: Classroom, person: Person, *, why: str = "quit") -> None:
    """End a person's stay; nothing happens where they are not in the room."""
    stay = Stay.objects.filter(classroom=room, person=person, quit_time=None).first()
    if stay is not None:
        end_stay(stay, clock.now(), why)


def end_stay(stay: Stay, moment: int, why: str) -> None:
    """Close one stay at a moment, never before its beginning."""
    room = stay.classroom
    stay.quit_time = max(moment, stay.enter_time)
    stay.save(update_fields=["quit_time"])
    user_id = stay.person.user_id
    ledger.effect(room.enterprise, "class", room.class_id, "left", user_id=user_id, why=why)
    queue.left(stay)


def end_all_stays(room: Classroom, moment: int) -> None:
    """Everybody leaves with the end of the class."""
    inside = Stay.objects.filter(classroom=room, quit_time=None).select_related(
        "classroom__enterprise", "person"
    )
    for stay in inside.order_by("id"):
        end_stay(stay, moment, "class_over")
