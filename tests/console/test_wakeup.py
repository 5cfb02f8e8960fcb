"""The bell: a message that Celery takes for its own, once a second at most, and no harm where none hears."""

import logging
import re
from contextlib import closing

import pytest
from celery.worker.request import Request
from django.db import transaction

from console import wakeup
from console.celery import app
from tests.support.iclass_service import create_lesson

TASK = "console.outbox.tasks.relay"


@pytest.fixture
def rung(settings):
    """Nothing was rung a moment ago, nothing waits, and no worker of another test listens."""
    wakeup._last_sent.clear()
    settings.CELERY_BROKER_URL = beside(settings.CELERY_BROKER_URL)
    with app.connection(settings.CELERY_BROKER_URL) as line, closing(line.SimpleQueue("celery")) as queue:
        queue.clear()
        yield queue


def beside(broker):
    """A part of the same broker that no other test uses: the upper half of its sixteen."""
    return re.sub(r"(?<=virtual_host=)\d+", lambda found: str(8 + int(found[0]) % 8), broker)


def test_a_worker_takes_what_was_rung_for_its_own_task(rung):
    app.loader.import_default_modules()
    wakeup.wake_worker(TASK)
    message = rung.get(timeout=5)
    request = Request(message, app=app, task=app.tasks[TASK])
    assert request.name == TASK
    assert (request.args, request.kwargs) in (([], {}), ((), {}))
    assert not request.maybe_expire()
    message.ack()


def test_it_says_all_that_celery_itself_would_say(rung, settings):
    wakeup.wake_worker(TASK)
    ours = rung.get(timeout=5)
    ours.ack()
    app.send_task(TASK, expires=30, connection=app.connection(settings.CELERY_BROKER_URL))
    celerys = rung.get(timeout=5)
    celerys.ack()
    assert ours.properties["delivery_info"] == celerys.properties["delivery_info"]
    assert ours.properties["delivery_mode"] == celerys.properties["delivery_mode"]
    assert ours.payload == celerys.payload
    for name in ("lang", "task", "retries", "eta", "group", "parent_id", "timelimit"):
        assert ours.headers[name] == celerys.headers[name]


def test_it_rings_once_a_second(rung):
    for _ in range(5):
        wakeup.wake_worker(TASK)
    assert rung.qsize() == 1


def test_a_broker_that_is_away_costs_a_line_in_the_log(rung, settings, caplog):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    with caplog.at_level(logging.WARNING):
        wakeup.wake_worker(TASK)
    assert "the broker is away" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_the_service_is_owed_rings_for_the_relay_once_it_is_committed(rung, alice, bob):
    with transaction.atomic():
        create_lesson(bob, alice)
        with pytest.raises(rung.Empty):
            rung.get(block=False)
    assert rung.get(timeout=5).headers["task"] == TASK
