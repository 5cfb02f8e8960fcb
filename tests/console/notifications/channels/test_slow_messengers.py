"""A messenger that answers slowly holds up the messages, and nothing that goes to iclass."""

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
from tests.support.iclass_service import create_lesson
from tests.support.programs import Worker
from tests.support.waiting import LIMIT_S, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(200)]
#: Seconds until the messenger answers: longer than a test waits for the lesson.
HANGS_S = 2 * LIMIT_S
#: One more than two processes are busy with.
MESSAGES = 3


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
    providers.control(hang_s=HANGS_S)
    workers = [
        start_worker(queues="celery", beat=True, wait=False, **variables),
        start_worker(queues="messages", wait=False, **variables),
    ]
    for worker in workers:
        worker.wait_until_ready()
    for number in range(MESSAGES):
        notify("alarm.ghost", people=[alice], key=f"alarm {number}", args={"lesson": "Hats", "number": 0})
        app.send_task(TASK)  # a process wakes the workers once a second; these come from others
    hanging = Message.objects.filter(delivery="sending").order_by("pk").values("pk", "delivery_attempts")
    wait_until(lambda: hanging.count() == 2)
    before = list(hanging)
    lesson = create_lesson(bob, alice)
    wait_until(lambda: type(lesson).objects.get(pk=lesson.pk).sync_state == SyncState.IN_SYNC)
    assert list(hanging) == before, "the messenger held nobody up"
    providers.control(hang_s=0)
