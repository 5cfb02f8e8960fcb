"""What the goals of webhooks share: a school whose lessons change, workers, and the judge of what arrived."""

import time
from collections import defaultdict
from typing import Any

from accounts.models import User
from classes.models import Lesson
from console.webhooks.models import OPEN_DELIVERY_STATES, WebhookDelivery, WebhookEndpoint
from console.webhooks.sending import deliver_due
from console.webhooks.services import add_endpoint
from tests.classes.factories import create_planned_lesson
from tests.support.webhook_receiver import Receiver, is_signed

DELIVER = "console.webhooks.sending:deliver_due"
DELIVER_FOR = "tests.faults.webhook_work:deliver_each_second"
#: Attempts follow each other quickly, and the bucket is never empty.
VALUES = {
    "ALLOWED_PRIVATE_NETWORKS": ["127.0.0.1/32"],
    "OUTBOX_BACKOFF_S": 0.01,
    "OUTBOX_BREAKER_S": 0.05,
    "WEBHOOK_BACKOFF_MAX_S": 0.1,
    "WEBHOOK_BREAKER_MAX_S": 0.2,
    "WEBHOOK_TIMEOUT_S": 1.0,
    "OUTBOX_RATE": 10_000.0,
    "OUTBOX_BURST": 10_000.0,
}


def create_world(alice: User, bob: User, receiver: Receiver, lessons: int) -> WebhookEndpoint:
    """A webhook of Alice's school that is told of changes of so many lessons."""
    for _ in range(lessons):
        create_planned_lesson(bob)
    return add_endpoint(
        school=alice.enterprise, by=alice, name="Portal", url=receiver.url, events=["lesson.changed"]
    )


def change_lessons(numbers: range) -> None:
    """Change the lessons in turn, each change with a number of its own."""
    keys = list(Lesson.objects.order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        Lesson.objects.filter(pk=keys[number % len(keys)]).update(topic=f"Change {number}")


def deliver_each_second(seconds: float) -> None:
    """Do what the schedule does: a run each second."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.monotonic()
        deliver_due()
        time.sleep(max(0.0, started + 1 - time.monotonic()))


def waiting() -> int:
    return WebhookDelivery.objects.filter(state__in=OPEN_DELIVERY_STATES).count()


def deliver_everything(seconds: float) -> None:
    """A clean worker, until nothing waits."""
    until = time.monotonic() + seconds
    while waiting() and time.monotonic() < until:
        deliver_due()
        time.sleep(0.01)


def judge(endpoint: WebhookEndpoint, receiver: Receiver) -> dict[str, int]:
    """Count what was lost, overtaken, forged or repeated of all deliveries of a webhook.

    Overtaken: of one object, an event was accepted after a later one had been accepted.
    """
    secret = endpoint.secret.reveal()
    rows = {row.message_id: row for row in WebhookDelivery.objects.filter(endpoint=endpoint).iterator()}
    accepted = receiver.accepted
    newest: dict[str, int] = defaultdict(int)
    overtaken = 0
    for message in accepted:
        row: Any = rows[message.id]
        overtaken += row.pk < newest[row.object]
        newest[row.object] = max(newest[row.object], row.pk)
    return {
        "events": len(rows),
        "requests": len(receiver.messages),
        "lost": len(rows.keys() - {message.id for message in accepted}),
        "overtaken": overtaken,
        "forged": sum(not is_signed(message, [secret]) for message in receiver.messages),
        "repeated": len(accepted) - len({message.id for message in accepted}),
    }
