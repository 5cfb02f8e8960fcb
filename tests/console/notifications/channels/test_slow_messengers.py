"""A messenger that answers slowly holds up the messages, and nothing that goes to iclass."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Enterprise, User
from console.celery import app
from console.notifications.channels.queue import TASK
from console.notifications.models import Message
from console.notifications.services import notify
from console.outbox.states import SyncState
from console.wakeup import broker_connection
from tests.faults.goals import goal
from tests.support.iclass_service import create_lesson
from tests.support.programs import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(200)]
#: Seconds until the messenger answers, and until iclass has a new lesson.
HANGS_S, WITHIN_S = 12, 10.0
#: So many that two processes are busy with them for longer than workers need to start and a lesson to arrive.
MESSAGES = 6


def wait(condition: Callable[[], bool], seconds: float) -> float:
    """Until it holds; return the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it does not come to that"
        time.sleep(0.05)
    return time.monotonic() - began


def test_messages_have_a_queue_of_their_own() -> None:
    with broker_connection() as connection:
        router = app.amqp.Router().route({}, TASK)
        assert router["queue"].name == "messages"
        assert connection is not None
    assert list(app.amqp.queues.consume_from) == ["celery"], "who does not ask for it gets none of it"


def test_a_lesson_reaches_iclass_while_a_messenger_hangs(
    connected: Enterprise,
    start_worker: Callable[..., Worker],
    make_bot: Any,
    providers: Any,
    alice: User,
    bob: User,
) -> None:
    make_bot("webhook")
    variables = {"ALLOWED_PRIVATE_NETWORKS": "127.0.0.1/32", "SWEEP_EVERY_S": "1"}
    start_worker(queues="celery", beat=True, **variables)
    start_worker(queues="messages", **variables)
    providers.control(hang_s=HANGS_S)
    for number in range(MESSAGES):
        notify("alarm.ghost", people=[alice], key=f"alarm {number}", args={"lesson": "Hats", "number": 0})
        time.sleep(1.1)  # a process wakes the workers once a second
    wait(lambda: Message.objects.filter(delivery="sending").count() == 2, MESSAGES / 2 * HANGS_S)
    lesson = create_lesson(bob, alice)
    took = wait(lambda: type(lesson).objects.get(pk=lesson.pk).sync_state == SyncState.IN_SYNC, WITHIN_S)
    assert Message.objects.filter(delivery__in=("waiting", "sending")).exists(), (
        "the messenger held nobody up"
    )
    goal("slow messenger", hangs_s=HANGS_S, lesson_s=round(took, 2))
    providers.control(hang_s=0)
