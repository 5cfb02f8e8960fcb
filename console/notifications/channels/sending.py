"""Deliver messages, each once: claim, send, record what was answered.

An app message that an interrupted process may have sent is sent again, because the providers recognise a
repeated one. A bot's message is not: it is shown as "perhaps delivered", and a person decides.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from console.failpoints import point
from console.notifications.channels.answers import Answer, Outcome
from console.notifications.channels.exchange import SECRET_LOST, find_address, post_to_bot, send_to_person
from console.notifications.channels.models import Delivery, Message
from console.notifications.channels.quiet import send_after
from console.notifications.channels.texts import build_text
from console.notifications.delivery import next_attempt_at, send_due, settle
from console.vault.keyring import VaultError

log = logging.getLogger(__name__)
RELATED = ("enterprise", "app", "bot", "notice__person")
MAX_ATTEMPTS = 10
#: What perhaps arrived is sent again only while the providers certainly recognise it, WeCom for half an hour:
#: so many attempts take about two minutes, and a process that ended is noticed so soon or not at all.
REPEATED_ATTEMPTS, REPEATED_WITHIN = 5, timedelta(minutes=10)
STATES = {
    Outcome.DELIVERED: Delivery.DELIVERED,
    Outcome.REFUSED: Delivery.REFUSED,
    Outcome.LATER: Delivery.REFUSED,
    Outcome.UNKNOWN: Delivery.UNKNOWN,
}
CLAIMED = point("messages.claimed", "a message is claimed, and nothing has left")
ANSWERED = point("messages.answered", "the provider has answered, and nothing is recorded")


def deliver_due_messages(limit: int = 1000) -> int:
    """Deliver due messages; return how many were attempted."""
    settle_interrupted()
    failed = {"delivery": Delivery.UNKNOWN, "reason": "interrupted"}
    return send_due(Message, "delivery", _deliver_claimed, limit=limit, failed=failed)


def _deliver_claimed(key: int) -> None:
    CLAIMED.hit()
    _deliver(_load(key))


def settle_interrupted() -> int:
    """Settle messages whose process ended while sending; return how many."""
    now = timezone.now()
    over = Message.objects.filter(delivery=Delivery.SENDING, delivery_due_at__lte=now)
    recent = over.filter(delivery_due_at__gt=now - REPEATED_WITHIN, delivery_attempts__lt=REPEATED_ATTEMPTS)
    again = sum(_repeat(message) for message in recent.filter(bot=None).select_related(*RELATED))
    lost = over.update(delivery=Delivery.UNKNOWN, reason="interrupted")
    return again + lost


def _repeat(message: Message) -> int:
    """Let an interrupted message leave again, but not after quiet hours; return how many it were."""
    if _quiet_until(message) is not None:
        return 0
    return int(settle(message, "delivery", Delivery.WAITING))


def _quiet_until(message: Message) -> Any:
    person = message.notice.person if message.notice else None
    return send_after(message.kind, message.enterprise, person)


def _load(pk: int) -> Message:
    return Message.objects.select_related(*RELATED).get(pk=pk)


def _deliver(message: Message) -> None:
    person = message.notice.person if message.notice else None
    try:
        until = _quiet_until(message)
        if until is not None:
            kept = message.delivery_attempts - 1  # waiting is no attempt
            settle(message, "delivery", Delivery.WAITING, delivery_due_at=until, delivery_attempts=kept)
            return
        answer = _send(message, person)
        ANSWERED.hit()
    except DatabaseError:
        connection.close()  # it may be broken; the next statement opens another one
        answer = Answer(Outcome.UNKNOWN, reason="interrupted")
    except VaultError:
        answer = SECRET_LOST  # credentials are read before anything leaves
    _store(message, answer)


def _send(message: Message, person: Any) -> Answer:
    if not message.channel.is_on:
        return Answer(Outcome.REFUSED, reason="off")
    if person is not None and not person.is_active:
        return Answer(Outcome.REFUSED, reason="inactive")
    source: Any = message.notice or message
    language = person.language if person else message.bot.language if message.bot else ""
    content = build_text(message.kind, source.args, source.link, school=message.enterprise, language=language)
    if message.bot is not None:
        data = {
            "id": str(message.uid),
            "kind": message.kind,
            "school": message.enterprise.sdkappid,
            "title": content.title,
            "url": content.link,
            "at": message.created_at.isoformat(),
        }
        return post_to_bot(message.bot, content.whole, data)
    assert message.app is not None  # the constraint of the table
    address = find_address(message.app, person)
    if isinstance(address, Answer):
        return address._replace(outcome=Outcome.LATER) if address.outcome is Outcome.UNKNOWN else address
    return send_to_person(message.app, address, content.whole, str(message.uid))


def _store(message: Message, answer: Answer) -> None:
    """Store what came of an attempt, and plan the next one where there may be one."""
    log_level = logging.INFO if answer.outcome is Outcome.DELIVERED else logging.WARNING
    log.log(log_level, "message %s: %s %s", message.pk, answer.outcome, answer.reason)
    now, next_at = timezone.now(), next_attempt_at(message.delivery_attempts)
    if answer.pauses_channel and answer.outcome is not Outcome.REFUSED:
        _pause(message, next_at)
    told = {"answer": answer.words, "reason": answer.reason}
    if _is_repeatable(message, answer.outcome):
        settle(message, "delivery", Delivery.WAITING, delivery_due_at=next_at, **told)
    else:
        done = {"delivered_at": now} if answer.outcome is Outcome.DELIVERED else {}
        settle(message, "delivery", STATES[answer.outcome], **done, **told)


def _is_repeatable(message: Message, outcome: Outcome) -> bool:
    if outcome is Outcome.LATER:
        return message.delivery_attempts < MAX_ATTEMPTS
    if outcome is not Outcome.UNKNOWN or message.bot_id is not None:
        return False
    return message.delivery_attempts < REPEATED_ATTEMPTS and _quiet_until(message) is None


def _pause(message: Message, until: Any) -> None:
    """Let everything else that leaves through the same app or bot wait, without counting an attempt."""
    same = Q(bot=message.bot_id) if message.bot_id else Q(app=message.app_id)
    waiting = Message.objects.filter(same, delivery=Delivery.WAITING, delivery_due_at__lt=until)
    waiting.update(delivery_due_at=until)
