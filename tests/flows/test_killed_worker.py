"""A worker that is killed in the middle of its work, and what becomes of the work."""

import time

import pytest

from console.outbox.models import Operation
from tests.support.iclass_service import create_lesson, effects_of

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

QUICK = {"SWEEP_EVERY_S": "1", "LEASE_S": "1", "PROBE_DELAY_S": "0"}


def _until(ready, seconds=120):
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_a_killed_worker_started_again_finishes_what_was_waiting(connected, alice, bob, iclass, start_worker):
    iclass.control("faults", {"arm": {"kind": "stall", "match": "class/create", "seconds": 5}})
    worker = start_worker(beat=True, **QUICK)
    lessons = [create_lesson(bob, alice) for _ in range(5)]
    _until(lambda: Operation.objects.filter(kind="class.create", state="sending").exists())
    worker.kill()
    iclass.control("faults", {"clear": True})
    assert Operation.objects.filter(kind="class.create", state__in=["ready", "sending"]).exists()
    worker.start()
    _until(lambda: not Operation.objects.exclude(state="done").exists())
    for lesson in lessons:
        lesson.refresh_from_db()
        assert lesson.class_id
        assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1
