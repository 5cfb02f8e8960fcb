"""Webhooks: how long an event takes from its commit to the program that receives it."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from classes.models import Lesson
from console.webhooks.models import WebhookDelivery
from tests.faults import webhook_work as work
from tests.faults.processes import ForkRunner
from tests.support.anchor import bar_now
from tests.support.webhook_receiver import Receiver, running_receiver

SECONDS, RATE = int(os.environ.get("WEBHOOK_SECONDS", "4")), 50


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    for name, value in work.VALUES.items():
        setattr(settings, name, value)
    with running_receiver() as started:
        yield started


def test_an_event_arrives_within_two_seconds_of_its_commit(
    forge: ForkRunner, alice: Any, bob: Any, receiver: Receiver
) -> None:
    work.create_world(alice, bob, receiver, lessons=25)
    keys = list(Lesson.objects.order_by("pk").values_list("pk", flat=True))
    child = forge.start(work.DELIVER_FOR, settings=work.VALUES, seconds=SECONDS + 3.0)
    committed: dict[int, float] = {}
    began = time.monotonic()
    for number in range(SECONDS * RATE):
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        Lesson.objects.filter(pk=keys[number % len(keys)]).update(topic=f"Change {number}")
        committed[number] = time.time()
    child.ended(SECONDS + 60)
    order = WebhookDelivery.objects.order_by("id")
    arrived = {message.id: message.at for message in reversed(receiver.accepted)}
    delays = sorted(
        arrived[row.message_id] - committed[number]
        for number, row in enumerate(order)
        if row.message_id in arrived
    )
    p95 = delays[int(len(delays) * 0.95)]
    middle = delays[len(delays) // 2]
    print(f"webhook latency: {len(delays)} events, {RATE} a second, median {middle:.2f} s, p95 {p95:.2f} s")
    assert len(delays) == SECONDS * RATE
    assert p95 <= bar_now(2.0)
