"""The schedule of several beats: one claims each run, and gives it back where it cannot be sent."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.beat import ClaimingScheduler, claim_run
from console.celery import app
from console.outbox.models import TaskHeartbeat
from tests.support.concurrent_calls import call_concurrently

pytestmark = pytest.mark.django_db
AWAY = "redis://127.0.0.1:9/0"


def set_back(name: str, seconds: float) -> None:
    """As if so much time had passed since."""
    with connection.cursor() as cursor:
        set_to = "UPDATE outbox_pulse SET at = clock_timestamp() - make_interval(secs => %s) WHERE name = %s"
        cursor.execute(set_to, [seconds, name])


def test_the_first_beat_waits_for_a_period() -> None:
    claim = claim_run("beat:relay", 60)

    assert claim.at is None
    assert 50 < claim.wait_s <= 60


def test_a_run_is_claimed_once_and_the_next_one_is_waited_for() -> None:
    claim_run("beat:relay", 60)
    set_back("beat:relay", 61)

    first, second = claim_run("beat:relay", 60), claim_run("beat:relay", 60)

    assert first.at is not None
    assert first.wait_s == 60
    assert second.at is None
    assert 50 < second.wait_s <= 60


def test_a_clock_that_was_set_back_does_not_stop_the_schedule() -> None:
    claim_run("beat:relay", 60)
    set_back("beat:relay", -86_400)

    assert claim_run("beat:relay", 60).at is not None
    assert claim_run("beat:relay", 60).at is None


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it() -> None:
    claim_run("beat:relay", 60)
    set_back("beat:relay", 61)

    outcomes = call_concurrently(*[lambda: claim_run("beat:relay", 60)] * 8)

    assert sum(outcome.value.at is not None for outcome in outcomes) == 1


def test_what_cannot_be_sent_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = ClaimingScheduler(app, lazy=True)
    monkeypatch.setitem(scheduler.__dict__, "connection", app.connection_for_write(AWAY))
    entry = {"task": "console.outbox.tasks.relay", "schedule": 60.0}
    scheduler.update_from_dict({"relay": entry})
    claim_run("beat:relay", 60)
    set_back("beat:relay", 61)

    assert scheduler.tick() < 2

    age = timezone.now() - TaskHeartbeat.objects.get(name="beat:relay").at
    assert age > timedelta(seconds=60), "whoever watches the schedule sees that it stands still"
    assert claim_run("beat:relay", 60).at is not None


def test_a_beat_that_ends_while_it_sends_gives_the_run_back(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = ClaimingScheduler(app, lazy=True)
    scheduler.update_from_dict({"relay": {"task": "console.outbox.tasks.relay", "schedule": 60.0}})
    claim_run("beat:relay", 60)
    set_back("beat:relay", 61)

    def end(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    monkeypatch.setitem(scheduler.__dict__, "connection", SimpleNamespace(ensure_connection=end))
    with pytest.raises(SystemExit):
        scheduler.tick()

    assert claim_run("beat:relay", 60).at is not None


def test_every_entry_has_a_period_and_a_name_that_fits() -> None:
    scheduler = ClaimingScheduler(app)

    assert set(scheduler.schedule) == set(app.conf.beat_schedule)
    assert all(entry.schedule.run_every > timedelta(0) for entry in scheduler.schedule.values())
    longest: Any = TaskHeartbeat._meta.get_field("name").max_length
    assert max(len(f"beat:{name}") for name in scheduler.schedule) <= longest


def test_metrics_tell_a_dead_beat_from_dead_workers() -> None:
    now = timezone.now()
    TaskHeartbeat.objects.create(name="relay", at=now - timedelta(hours=2))
    TaskHeartbeat.objects.create(name="beat:relay", at=now - timedelta(hours=1))

    lines = Client().get("/metrics").content.decode().splitlines()

    ages = {line.split("{")[0]: float(line.split()[-1]) for line in lines if '"relay"}' in line}
    assert ages["console_beat_age_seconds"] == pytest.approx(7200, abs=60)
    assert ages["console_schedule_age_seconds"] == pytest.approx(3600, abs=60)
