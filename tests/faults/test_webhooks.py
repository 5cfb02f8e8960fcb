"""Events to a program that fails, dies and answers late, sent by workers that are killed: none is lost, each
object's events keep their order, and a repeated message has the ID of the first."""

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from console.webhooks.models import WebhookDelivery
from tests.faults import webhook_work as work
from tests.faults.goals import goal
from tests.faults.processes import ForkRunner
from tests.faults.sizes import deal, dice, size
from tests.support.webhook_receiver import Receiver, Reply, running_receiver

POINTS = ("webhooks.claimed", "webhooks.answered", "webhooks.recorded")
#: Events that wait at a time: more are written once these have arrived.
BATCH = 1000
#: The passing of a point at which a worker dies at the latest.
MOST_NTH = size(full=20, ci=2)
#: Of so many messages one is answered too late.
LATE_EVERY = 100
pytestmark = pytest.mark.timeout(size(full=14_400, ci=300))


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    for name, value in work.VALUES.items():
        setattr(settings, name, value)
    with running_receiver() as started:
        yield started


def fail_often(receiver: Receiver) -> None:
    """Refuse or cut three of ten messages, and answer one of a hundred too late."""
    chosen, numbers, lock = dice("webhook answers"), itertools.count(LATE_EVERY // 2), threading.Lock()

    def choose(message: Any) -> Reply:
        with lock:
            dice_says, number = chosen.random(), next(numbers)
        if number % LATE_EVERY == 0:
            return Reply(after_s=1.3)
        return Reply(0 if dice_says < 0.1 else 500 if dice_says < 0.3 else 204)

    receiver.choose = choose


def test_no_failure_loses_an_event_or_changes_the_order(
    forge: ForkRunner, alice: Any, bob: Any, receiver: Receiver
) -> None:
    events, kills = size(full=100_000, ci=100), size(full=300, ci=3)
    endpoint = work.create_world(alice, bob, receiver, lessons=size(full=500, ci=10))
    fail_often(receiver)
    chosen, killed, deaths = dice("webhook kills"), 0, 0
    points = deal(chosen, POINTS)
    for first in range(0, events, BATCH):
        last = min(first + BATCH, events)
        work.change_lessons(range(first, last))
        for _ in range(max(1, kills * (last - first) // events)):
            at, nth = next(points), chosen.randint(1, MOST_NTH)
            killed += forge.killed(work.DELIVER, at=at, nth=nth, settings=work.VALUES, limit=MOST_NTH * 2)
        if deaths < 2 and last > deaths * events // 3:
            deaths += die_during_a_run(forge, receiver)
        if deaths < 2 and last == events:
            deaths += die_during_a_run(forge, receiver)
        work.deliver_everything(seconds=120)
    found = work.judge(endpoint, receiver)
    goal("webhooks", kills=killed, deaths=deaths, **found)
    assert (found["events"], deaths) == (events, 2)
    assert killed, "no worker was killed"
    assert (found["lost"], found["overtaken"], found["forged"]) == (0, 0, 0)
    assert not WebhookDelivery.objects.exclude(state="done").exists()


def die_during_a_run(forge: ForkRunner, receiver: Receiver) -> int:
    """Let the receiver be away for half a second while a worker runs."""
    child = forge.start(work.DELIVER, settings=work.VALUES)
    time.sleep(0.1)
    receiver.stop()
    time.sleep(0.5)
    receiver.start()
    child.ended(240)
    return 1
