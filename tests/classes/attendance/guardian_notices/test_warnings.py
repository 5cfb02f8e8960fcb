"""Rules of warnings that name guardians: told once for a crossing, and taken back once."""

import pytest

from accounts.models import GuardianNotice
from classes.attendance.guardian_notices.planning import plan_due_notices
from classes.attendance.thresholds.evaluation import evaluate_registers
from classes.models import ThresholdRule
from tests.classes.attendance.guardian_notices.conftest import DAY, EVENING, NOON, held, set_mark
from tests.classes.attendance.guardian_notices.test_planning import evening, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(alice):
    return ThresholdRule.objects.create(
        enterprise=alice.enterprise, kind="absences", number=2, created_by=alice, tells_guardians=True
    )


@pytest.fixture
def absences(ada, bob, dina):
    return [held(bob, dina, "absent", NOON - days * DAY, final_at=NOON) for days in (1, 0)]


def test_a_warning_is_told_once_and_its_withdrawal_once(clock, rule, ada, dina, absences):
    evaluate_registers(absences)
    assert evening(clock) == 1, "also where absences themselves are not told"
    assert lines(ada) == [["Absent from 2 lessons in a row."]]
    evaluate_registers(absences)
    assert evening(clock, days=1) == 0
    set_mark(absences[0], dina, "present")
    evaluate_registers(absences)
    assert evening(clock, days=2) == 1
    assert lines(ada)[0] == ["Absent from 2 lessons in a row."]
    assert GuardianNotice.objects.latest("pk").withdrawn == GuardianNotice.objects.earliest("pk").warnings
    assert evening(clock, days=3) == 0


def test_a_warning_taken_back_before_it_was_told_is_not_told(clock, rule, ada, dina, absences):
    evaluate_registers(absences)
    set_mark(absences[0], dina, "present")
    evaluate_registers(absences)
    assert evening(clock) == 0


def test_a_rule_that_does_not_name_guardians_tells_them_nothing(clock, rule, ada, absences):
    ThresholdRule.objects.update(tells_guardians=False)
    evaluate_registers(absences)
    clock.move_to(EVENING, tick=False)
    assert plan_due_notices() == 0


@pytest.mark.parametrize("kind", ["rate", "late", "unknown"])
def test_the_other_kinds_name_their_period(clock, ada, alice, bob, dina, kind):
    mark = {"rate": "absent", "late": "late", "unknown": "unknown"}[kind]
    least = 1 if kind == "rate" else None
    ThresholdRule.objects.create(
        enterprise=alice.enterprise, kind=kind, number=1, days=7, least=least, tells_guardians=True
    )
    evaluate_registers([held(bob, dina, mark)])
    assert evening(clock) == 1
    [[line]] = lines(ada)
    assert line.endswith("Within 7 days.")


@pytest.mark.usefixtures("told")
def test_absences_and_warnings_leave_in_one_notice(clock, rule, ada, absences):
    evaluate_registers(absences)
    assert evening(clock) == 1
    [found] = lines(ada)
    assert found[-1] == "Absent from 2 lessons in a row."
    assert len(found) == 3
