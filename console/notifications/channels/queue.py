"""Put messages of a notification into the queue, for apps and bots, and take them out again on request."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from console.notifications.channels.models import Delivery, Message, MessagingBot
from console.wakeup import wake_worker

TASK = "console.notifications.tasks.deliver_messages"
#: How long the states of messages to groups are kept.
RETENTION = timedelta(days=60)
#: What may be sent again by a person. UNKNOWN: they decide, because it may arrive twice.
STOPPED = (Delivery.REFUSED, Delivery.UNKNOWN)


def queue_for_people(notices: Iterable[Any], apps: Mapping[int, Iterable[int]]) -> None:
    """Queue messages of stored notifications; `apps` are the IDs of apps by person."""
    rows = [
        Message(
            enterprise_id=notice.enterprise_id,
            notice=notice,
            app_id=app,
            kind=notice.kind,
            key=notice.key,
        )
        for notice in notices
        for app in apps.get(notice.person_id, ())
    ]
    _insert(rows)


def queue_for_bots(
    schools: Iterable[int], topic: str, *, kind: str, key: str, args: dict[str, Any], link: str
) -> None:
    """Queue one message for each bot that is sent this topic or type; repeated calls queue nothing."""
    bots = MessagingBot.objects.filter(enterprise__in=set(schools), is_on=True, topics__overlap=[topic, kind])
    _insert(
        [
            Message(enterprise_id=school, bot_id=bot, kind=kind, key=key, args=args, link=link)
            for bot, school in bots.values_list("pk", "enterprise_id")
        ]
    )


def send_again(messages: Any) -> int:
    """Let messages of a queryset that did not leave leave now; return how many."""
    now = timezone.now()
    count: int = messages.filter(delivery__in=STOPPED).update(
        delivery=Delivery.WAITING, delivery_due_at=now, delivery_attempts=0, answer="", reason=""
    )
    if count:
        transaction.on_commit(lambda: wake_worker(TASK))
    return count


def delete_old_messages() -> int:
    """Delete messages to groups that are done with; those to people go with their notification."""
    old = Message.objects.filter(notice=None, created_at__lt=timezone.now() - RETENTION)
    return old.exclude(delivery__in=(Delivery.WAITING, Delivery.SENDING)).delete()[0]


def _insert(rows: list[Message]) -> None:
    # Another process may insert the same rows: the unique constraints keep one.
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(lambda: wake_worker(TASK))
