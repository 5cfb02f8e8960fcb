"""Workers are killed while they evaluate warning rules: no rule loses its night, no warning comes twice."""

from typing import Any

import pytest

from classes.attendance.thresholds.services import edit_rule
from classes.models import Attendance, AttendanceWarning, ThresholdRule
from tests.classes.factories import create_finished_lesson, create_students
from tests.faults.processes import LONG_AGO, ForkRunner

EVALUATE = "classes.attendance.thresholds.evaluation:evaluate_due_rules"
STUDENTS = 5


@pytest.fixture
def rule(alice: Any, bob: Any) -> ThresholdRule:
    """One absence is one too many; so many students have it, and no register told of it."""
    lesson = create_finished_lesson(bob)
    Attendance.objects.bulk_create(
        Attendance(
            lesson=lesson,
            user_id=one.user_id,
            person=one,
            role="student",
            mark="absent",
            provisional=False,
        )
        for one in create_students(alice.enterprise, STUDENTS, "Year 7")
    )
    return ThresholdRule.objects.create(
        enterprise=alice.enterprise, kind="absences", number=1, created_by=alice
    )


@pytest.mark.parametrize("at", ["thresholds.claimed", "thresholds.evaluated"])
def test_a_rule_whose_worker_was_killed_is_evaluated_again_in_the_same_night(
    forge: ForkRunner, rule: ThresholdRule, at: str
) -> None:
    assert forge.killed(EVALUATE, at=at)
    rule.refresh_from_db()
    assert rule.checked_on is None
    assert forge.run(EVALUATE) == 0, "as long as the lease lasts, the worker may be at work"
    ThresholdRule.objects.update(lease_until=LONG_AGO)
    assert forge.run(EVALUATE) == 1
    assert AttendanceWarning.objects.count() == STUDENTS
    assert forge.run(EVALUATE) == 0


def test_a_rule_that_is_changed_while_a_worker_evaluates_it_is_evaluated_again(
    forge: ForkRunner, rule: ThresholdRule, alice: Any
) -> None:
    child = forge.start(EVALUATE, faults={"thresholds.evaluated": "stop"})
    assert child.stopped()
    edit_rule(rule=rule, by=alice, number=2)
    child.resume()
    assert child.ended() == 1
    rule.refresh_from_db()
    assert (rule.checked_on, rule.lease_until) == (None, None)
    assert forge.run(EVALUATE) == 1
    assert not AttendanceWarning.objects.filter(ended_at=None).exists()


def test_two_workers_evaluate_a_rule_once(forge: ForkRunner, rule: ThresholdRule) -> None:
    first = forge.start(EVALUATE, faults={"thresholds.claimed": "stop"})
    assert first.stopped()
    assert forge.run(EVALUATE) == 0
    first.resume()
    assert first.ended() == 1
    assert AttendanceWarning.objects.count() == STUDENTS
    assert forge.run(EVALUATE) == 0
