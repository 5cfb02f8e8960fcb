"""Operations for room entries: join, quit and visitor join.

Each is one-shot: a repeat could do harm, so after a lost answer a person decides.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.choices import Status
from classes.models import Entry, Lesson
from console.iclass import ApiSecret, Client, JoinResult, Visitor
from console.mirror.leases import schedule_poll_now
from console.mirror.registry import register_poller
from console.outbox.kinds import OperationExpired, OperationKind, RepeatRule
from console.outbox.models import Operation
from console.wakeup import wake_worker

DEVICE_STATES = ("camera", "mic", "speaker", "silence", "hand_up")


@dataclass(frozen=True)
class EntryRequest:
    """The class, the user id (empty for a visitor) and the password of the room."""

    class_id: int
    user_id: str
    nickname: str
    password: ApiSecret
    devices: tuple[str, ...] = ()

    def password_or_none(self) -> str | None:
        return self.password.reveal() or None


def _build_request(operation: Operation) -> EntryRequest:
    entry: Entry = operation.subject()
    lesson = entry.lesson
    if lesson.cancelled_at or lesson.status == Status.END or lesson.ends_at < timezone.now():
        raise OperationExpired("over")
    if not lesson.remote_id:
        raise OperationExpired("no_room")
    password = entry.password.reveal() if entry.password else ""
    user_id = entry.person.user_id if entry.person else ""
    return EntryRequest(
        int(lesson.remote_id), user_id, entry.nickname, ApiSecret(password), tuple(entry.devices)
    )


def _send_join(client: Client, entry_request: EntryRequest) -> JoinResult:
    on = dict.fromkeys(entry_request.devices, 1)
    return client.members.join(
        entry_request.class_id, entry_request.user_id, password=entry_request.password_or_none(), **on
    )


def _send_quit(client: Client, entry_request: EntryRequest) -> None:
    client.members.quit(entry_request.class_id, entry_request.user_id)


def _send_visitor_join(client: Client, entry_request: EntryRequest) -> Visitor:
    return client.members.visitor_join(
        entry_request.class_id,
        password=entry_request.password_or_none(),
        nickname=entry_request.nickname or None,
    )


def _record_entry(operation: Operation, answer: JoinResult | None) -> None:
    entry: Entry = operation.subject()
    entry.remote_id = entry.person.user_id if entry.person else ""
    entry.observed = _room_states(answer) if answer else {}
    entry.password = entry.secrets_until = None
    entry.save_mirrored(["remote_id", "observed", "password", "secrets_until"])
    _schedule_poll(entry.lesson_id)


def _room_states(answer: JoinResult) -> dict[str, Any]:
    """Return the role in the room and the last known device states of the person."""
    states = {name: getattr(answer, f"history_{name}") for name in DEVICE_STATES}
    return {"role": answer.role} | {name: value for name, value in states.items() if value in (0, 1)}


def _record_visitor(operation: Operation, visitor: Visitor) -> None:
    entry: Entry = operation.subject()
    entry.remote_id = visitor.user_id[:64]
    entry.user_token, entry.user_sig = visitor.user_token.reveal(), visitor.user_sig.reveal()
    entry.password = None
    entry.secrets_until = timezone.now() + timedelta(seconds=settings.VISITOR_PASS_S)
    entry.save_mirrored(["remote_id", "user_token", "user_sig", "password", "secrets_until"])
    _schedule_poll(entry.lesson_id)


def _schedule_poll(lesson_id: int) -> None:
    schedule_poll_now(Lesson.objects.filter(pk=lesson_id, final_at=None).exclude(remote_id=""))
    wake_worker("console.mirror.tasks.poll")


@register_poller("entries")
def wipe_secrets(limit: int) -> int:
    """Wipe expired passwords and visitor passes of at most `limit` entries and return their number."""
    due = Q(secrets_until__lte=timezone.now())
    entries = list(Entry.objects.filter(due).order_by("secrets_until").values_list("pk", flat=True)[:limit])
    return Entry.objects.filter(due, pk__in=entries).update(**CLEARED_SECRETS)


#: Values of the secret fields after wiping.
CLEARED_SECRETS: dict[str, Any] = {
    "password": None,
    "user_token": None,
    "user_sig": None,
    "secrets_until": None,
}

KINDS = (
    OperationKind(
        "member.join",
        RepeatRule.ONE_SHOT,
        "member/join",
        _build_request,
        _send_join,
        _record_entry,
        label=_("Let into the room"),
    ),
    OperationKind(
        "member.quit",
        RepeatRule.ONE_SHOT,
        "member/quit",
        _build_request,
        _send_quit,
        _record_entry,
        label=_("Remove from the room"),
    ),
    OperationKind(
        "visitor.join",
        RepeatRule.ONE_SHOT,
        "member/visitor/join",
        _build_request,
        _send_visitor_join,
        _record_visitor,
        label=_("Let a visitor in"),
    ),
)
