"""Reasons to hold a school that come, or are taken away, at the same time."""

import pytest

from console.outbox.models import Gate, Operation
from console.outbox.services import hold_school, resume
from console.outbox.states import OperationState
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_reasons_that_come_at_once_both_hold(connected):
    Gate.objects.get_or_create(enterprise=connected)
    outcome = call_while_other_waits(
        lambda: hold_school(connected, "after_restore"),
        lambda: hold_school(connected, "expired"),
    )
    assert outcome.error is None
    assert Gate.objects.get(enterprise=connected).held_for == ["after_restore", "expired"]


def test_two_reasons_that_end_at_once_are_both_gone(connected, alice, bob):
    lesson = create_lesson(bob, alice)
    hold_school(connected, "after_restore")
    hold_school(connected, "expired")
    outcome = call_while_other_waits(
        lambda: resume(connected, reasons=["after_restore"]),
        lambda: resume(connected, reasons=["expired"]),
    )
    assert (outcome.value, outcome.error) == (1, None)
    assert Gate.objects.get(enterprise=connected).held_for == []
    assert Operation.objects.get(subject_id=lesson.pk, kind="class.create").state == OperationState.READY
