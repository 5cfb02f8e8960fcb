"""People at the door of a room → the API. Each is sent once: a repeat could do harm, so a person decides."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.kinds import Status
from classes.models import Entry, Lesson
from console.bell import ring
from console.iclass import Client, Hidden, Joined, Visitor
from console.mirror.leases import look_now
from console.mirror.registry import poller
from console.outbox.kinds import Kind, Lapsed, Nature
from console.outbox.models import Operation

STATES = ("camera", "mic", "speaker", "silence", "hand_up")


@dataclass(frozen=True)
class Door:
    """Which room, who (empty for a visitor), and the word that opens it."""

    class_id: int
    user_id: str
    nickname: str
    password: Hidden
    devices: tuple[str, ...] = ()

    def word(self) -> str | None:
        return self.password.reveal() or None


def _door(operation: Operation) -> Door:
    entry: Entry = operation.subject()
    lesson = entry.lesson
    if lesson.cancelled_at or lesson.status == Status.END or lesson.ends_at < timezone.now():
        raise Lapsed("over")
    if not lesson.remote_id:
        raise Lapsed("no_room")
    password = entry.password.reveal() if entry.password else ""
    user_id = entry.person.user_id if entry.person else ""
    return Door(int(lesson.remote_id), user_id, entry.nickname, Hidden(password), tuple(entry.devices))


def _join(client: Client, door: Door) -> Joined:
    on = dict.fromkeys(door.devices, 1)
    return client.members.join(door.class_id, door.user_id, password=door.word(), **on)


def _quit(client: Client, door: Door) -> None:
    client.members.quit(door.class_id, door.user_id)


def _visit(client: Client, door: Door) -> Visitor:
    return client.members.visitor_join(door.class_id, password=door.word(), nickname=door.nickname or None)


def _went(operation: Operation, answer: Joined | None) -> None:
    entry: Entry = operation.subject()
    entry.remote_id = entry.person.user_id if entry.person else ""
    entry.observed = _told(answer) if answer else {}
    entry.password = entry.secrets_until = None
    entry.save(update_fields=["remote_id", "observed", "password", "secrets_until"])
    _look_at_the_room(entry.lesson_id)


def _told(answer: Joined) -> dict[str, Any]:
    """The role in the room, and the states that the person last had in it, where they are known."""
    states = {name: getattr(answer, f"history_{name}") for name in STATES}
    return {"role": answer.role} | {name: value for name, value in states.items() if value in (0, 1)}


def _visited(operation: Operation, visitor: Visitor) -> None:
    entry: Entry = operation.subject()
    entry.remote_id = visitor.user_id[:64]
    entry.user_token, entry.user_sig = visitor.user_token.reveal(), visitor.user_sig.reveal()
    entry.password = None
    entry.secrets_until = timezone.now() + timedelta(seconds=settings.VISITOR_PASS_S)
    entry.save(update_fields=["remote_id", "user_token", "user_sig", "password", "secrets_until"])
    _look_at_the_room(entry.lesson_id)


def _look_at_the_room(lesson_id: int) -> None:
    look_now(Lesson.objects.filter(pk=lesson_id, final_at=None).exclude(remote_id=""))
    ring("console.mirror.tasks.poll")


@poller("entries")
def wipe_secrets(limit: int) -> int:
    """Wipe passwords and passes whose time is over, of at most `limit` entries; returns of how many."""
    due = Q(secrets_until__lte=timezone.now())
    entries = list(Entry.objects.filter(due).order_by("secrets_until").values_list("pk", flat=True)[:limit])
    return Entry.objects.filter(due, pk__in=entries).update(**WIPED)


#: What an entry is without its secrets.
WIPED: dict[str, Any] = {"password": None, "user_token": None, "user_sig": None, "secrets_until": None}

KINDS = (
    Kind("member.join", Nature.ONE_SHOT, "member/join", _door, _join, _went, label=_("Put into the room")),
    Kind("member.quit", Nature.ONE_SHOT, "member/quit", _door, _quit, _went, label=_("Take out of the room")),
    Kind(
        "visitor.join",
        Nature.ONE_SHOT,
        "member/visitor/join",
        _door,
        _visit,
        _visited,
        label=_("Let a visitor in"),
    ),
)
