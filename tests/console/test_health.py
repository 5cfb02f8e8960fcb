"""/healthz and /readyz, as a supervisor of processes asks them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from console.inbox.models import Callback
from console.outbox.models import Gate, Operation, TaskHeartbeat
from console.queue_delay import queue_delays

pytestmark = pytest.mark.django_db


def ready():
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def test_a_process_that_answers_is_alive(settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_with_database_broker_and_a_schedule_that_runs():
    TaskHeartbeat.objects.create(name="relay")
    parts = dict.fromkeys(("status", "database", "broker", "beat", "queue", "version"), "ok")
    assert ready() == (200, parts)


def test_a_broker_that_is_away_is_named(settings):
    TaskHeartbeat.objects.create(name="relay")
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    status, parts = ready()
    assert (status, parts["broker"], parts["database"]) == (503, "does not answer", "ok")


def test_a_schedule_that_never_ran_or_stopped_is_named():
    assert ready()[1]["beat"] == "has never run"
    TaskHeartbeat.objects.create(name="relay", at=timezone.now() - timedelta(hours=1))
    status, parts = ready()
    assert status == 503
    assert parts["beat"].startswith("last ran 36")


def test_a_queue_that_is_late_is_told_and_takes_no_page_away(school):
    TaskHeartbeat.objects.create(name="relay")
    long_ago = timezone.now() - timedelta(minutes=20)
    Callback.objects.create(enterprise=school, fingerprint="1", due_at=long_ago)
    status, parts = ready()
    assert status == 200
    assert parts["queue"].startswith("callbacks are 12")


def test_what_a_school_holds_back_is_not_late(school):
    long_ago = timezone.now() - timedelta(minutes=20)
    Operation.objects.create(
        enterprise=school,
        kind="user.pull",
        subject_type="accounts.user",
        subject_id=1,
        lane="1",
        due_at=long_ago,
    )
    assert queue_delays()["operations"] > 1000
    gate = Gate.objects.create(enterprise=school)
    assert queue_delays()["operations"] > 1000
    Gate.objects.filter(pk=gate.pk).update(held_for=["key_refused"])
    assert queue_delays()["operations"] == 0
    Gate.objects.filter(pk=gate.pk).update(held_for=[], open_until=timezone.now() + timedelta(minutes=1))
    assert queue_delays()["operations"] == 0


def test_they_tell_strangers_nothing_else():
    assert set(ready()[1]) == {"status", "database", "broker", "beat", "queue", "version"}


@pytest.mark.usefixtures("scanned")
def test_whether_the_scanner_answers_is_told_and_decides_nothing(settings, tmp_path):
    TaskHeartbeat.objects.create(name="relay")
    status, parts = ready()
    assert (status, parts["scanner"]) == (200, "ok")
    settings.VIRUS_SCANNER = f"unix:{tmp_path}/none.sock"
    status, parts = ready()
    assert (status, parts["scanner"]) == (200, "does not answer")
