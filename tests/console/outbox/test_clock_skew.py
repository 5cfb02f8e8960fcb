"""A computer whose clock is wrong: signatures follow the service's clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.iclass.transport import shared_host
from console.outbox import relay
from console.outbox.models import Attempt, Gate, Operation
from console.outbox.states import OperationState, SyncState
from tests.faults.mutants import mutated
from tests.support.iclass_service import create_lesson, effects_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[600, -600], ids=["behind", "ahead"])
def off(request, iclass):
    """The service's clock is ten minutes away from ours, and nobody here knows it yet."""
    iclass.control("knobs", {"sign_clock": "moved"})
    iclass.control("clock", {"move": request.param})
    forget(iclass)
    yield request.param
    iclass.control("clock", {"reset": True})
    iclass.control("knobs", {"sign_clock": None})
    forget(iclass)


def forget(iclass):
    """As a process that has just started."""
    shared_host(iclass.url).skew, shared_host(iclass.url).dated = 0.0, False


def test_a_clock_that_is_ten_minutes_off_holds_nothing(connected, alice, bob, iclass, off):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert (
        Attempt.objects.get(operation__subject_id=lesson.pk, operation__kind="class.create").outcome == "ok"
    )
    assert Gate.objects.get(enterprise=connected).skew_s == pytest.approx(off, abs=5)


def test_what_one_process_learned_the_next_one_knows(connected, alice, bob, iclass, off):
    Gate.objects.filter(enterprise=connected).update(skew_s=off)
    before = len(iclass.ledger())
    create_lesson(bob, alice)
    relay.drain()
    asked = [line for line in iclass.ledger()[before:] if line["kind"] == "request"]
    assert [line["error_code"] for line in asked if line["endpoint"] == "class/create"] == [0]


def test_a_lost_create_is_found_by_the_services_clock(connected, alice, bob, iclass, off):
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.class_id
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1


def test_without_that_defence_a_late_clock_holds_the_school(connected, alice, bob, iclass):
    iclass.control("knobs", {"sign_clock": "moved"})
    iclass.control("clock", {"move": 600})
    forget(iclass)
    try:
        create_lesson(bob, alice)
        with mutated("outbox.skew"):
            relay.drain()
        assert Operation.objects.get(kind="class.create").state == OperationState.HELD
    finally:
        iclass.control("clock", {"reset": True})
        iclass.control("knobs", {"sign_clock": None})
        forget(iclass)


def test_a_wrong_key_is_still_refused_once_while_the_clock_is_off(connected, alice, bob, iclass, off):
    connected.tic_key = "wrong" * 6
    connected.save(update_fields=["tic_key"])
    create_lesson(bob, alice)
    relay.drain()
    create = Operation.objects.get(kind="class.create")
    assert (create.state, create.reason) == (OperationState.HELD, "10217")
    assert create.first_sent_at > timezone.now() - timedelta(seconds=30)
