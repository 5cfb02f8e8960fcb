"""Evaluations at once: one warning a crossing, and no crossing is missed."""

import pytest

from classes.attendance.thresholds.evaluation import evaluate_people, evaluate_registers, evaluate_rule
from classes.models import Attendance, AttendanceWarning
from console.concurrency import run_with_retry
from console.notifications.models import Notification
from tests.classes.attendance.thresholds.conftest import set_marks
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_evaluations_at_once_raise_one_warning(three_absences, school, lessons, pupils):
    for student in pupils:
        set_marks(lessons, student, ["absent"] * 3)
    keys = [one.pk for one in pupils]
    outcomes = call_concurrently(
        lambda: evaluate_people(school, keys),
        lambda: evaluate_people(school, keys),
        lambda: evaluate_rule(three_absences),
    )
    assert [one.error for one in outcomes] == [None] * 3
    assert sum(one.value for one in outcomes) == AttendanceWarning.objects.count() == 3
    told = Notification.objects.filter(kind="warning.absences", person__user_id="alice")
    assert told.count() == 3


def test_two_registers_that_change_at_once_miss_no_crossing(three_absences, lessons, pupils):
    set_marks(lessons, pupils[0], ["absent", "present", "present"])

    def change(number: int) -> None:
        def act() -> None:
            Attendance.objects.filter(lesson=lessons[number]).update(mark="absent")
            evaluate_registers([lessons[number]])

        run_with_retry(act)

    outcome = call_while_other_waits(lambda: change(1), lambda: change(2))
    assert outcome.error is None
    assert AttendanceWarning.objects.get().person == pupils[0]
