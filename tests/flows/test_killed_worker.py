"""A worker that is killed in the middle of its work, and what becomes of the work."""

import os
import signal

import pytest

from console.outbox.models import Operation
from tests.support.iclass_service import create_lesson, effects_of
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

QUICK = {"SWEEP_EVERY_S": "0.3", "LEASE_S": "1", "PROBE_DELAY_S": "0"}


@pytest.mark.parametrize("victim", ["process", pytest.param("worker", marks=pytest.mark.full)])
def test_a_killed_worker_that_is_started_again_finishes_what_was_waiting(
    victim, connected, alice, bob, iclass, start_worker
):
    """A killed process of a worker is started again by the worker, a killed worker by its service manager."""
    iclass.control("faults", {"arm": {"kind": "stall", "match": "class/create", "applied": True}})
    worker = start_worker(beat=True, **QUICK)
    lessons = [create_lesson(bob, alice) for _ in range(5)]
    sending = Operation.objects.filter(kind="class.create", state="sending")
    wait_until(sending.exists)
    if victim == "worker":
        worker.kill()
    else:
        owner = sending.values_list("lease_owner", flat=True)[0]
        os.kill(int(owner.split(":")[1]), signal.SIGKILL)
    iclass.control("faults", {"clear": True})
    assert Operation.objects.filter(kind="class.create", state__in=["ready", "sending"]).exists()
    if victim == "worker":
        worker.start()
    wait_until(lambda: not Operation.objects.exclude(state="done").exists())
    for lesson in lessons:
        lesson.refresh_from_db()
        assert lesson.class_id
        assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1
