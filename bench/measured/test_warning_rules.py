"""Warning rules of a school with very many marks: the evaluation of a night, and of one register.

`python -m bench.thresholds` runs this with 1,000,000 marks; MARKS=N chooses the number.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.attendance.thresholds.evaluation import evaluate_due_rules, evaluate_registers
from classes.models import Attendance, AttendanceWarning, Lesson, ThresholdRule
from console.bulk_sql import bulk_insert
from tests.faults.goals import goal
from tests.support.anchor import bar_now

MARKS = int(os.environ.get("MARKS", "20000"))
#: Marks of a student in half a year, of which the last 28 days are a sixth.
OF_A_STUDENT, DAYS, A_LESSON = 100, 180, 30
#: What a night and one register may take; the middle one of five registers, each with its warnings.
NIGHT_S, REGISTER_MS = 20, 100
# Each student stays in one class of thirty; one mark in eight is absent, one in ten late, a few without data.
FILL = """
INSERT INTO classes_attendance (lesson_id, person_id, user_id, nickname, role, expected, mark, derived_mark,
    present_seconds, evidence, reason, provisional, reckoned_at)
SELECT l.id, p.id, p.user_id, '', 'student', true, m.mark, m.mark, 2000, 'inferred', '{}', false, now()
FROM (SELECT id, row_number() OVER (ORDER BY starts_at, id) - 1 AS place FROM classes_lesson) l
JOIN (SELECT id, user_id, row_number() OVER (ORDER BY id) - 1 AS place FROM accounts_user
    WHERE role = 'student') p
    ON p.place / %(a_lesson)s = l.place %% %(classes)s
CROSS JOIN LATERAL (SELECT abs(hashint8(l.id * 7919 + p.id)) %% 40 AS luck) d
CROSS JOIN LATERAL (SELECT CASE WHEN luck < 5 THEN 'absent' WHEN luck < 9 THEN 'late'
    WHEN luck < 10 THEN 'unknown' WHEN luck < 12 THEN 'excused' ELSE 'present' END AS mark) m
"""


def fill(school: Enterprise, teacher: User) -> None:
    """Classes of thirty students, each with a hundred lessons in half a year."""
    classes = max(MARKS // OF_A_STUDENT // A_LESSON, 1)
    number = classes * OF_A_STUDENT
    step, now = timedelta(days=DAYS) / number, timezone.now()
    names = [f"kid{n}" for n in range(classes * A_LESSON)]
    bulk_insert([User(enterprise=school, user_id=one, login=one, role=Role.STUDENT) for one in names])
    lessons = [
        Lesson(
            enterprise=school,
            teacher=teacher,
            topic="Croquet",
            starts_at=now - place * step,
            ends_at=now - place * step + timedelta(minutes=45),
            status="end",
            final_at=now,
            remote_id=str(1000000 + place),
            conflict_allowed=True,
            conflict_reason="A large school in one timetable of Bob.",
        )
        for place in range(number, 0, -1)
    ]
    Lesson.objects.bulk_create(lessons, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"a_lesson": A_LESSON, "classes": classes})
        cursor.execute("ANALYZE classes_lesson, classes_attendance, classes_streak, accounts_user")


@pytest.mark.timeout(3600)
@pytest.mark.django_db
def test_a_night_and_a_register_are_evaluated_in_time(school: Enterprise, alice: User, bob: User) -> None:
    fill(school, bob)
    for rule in (
        {"kind": "absences", "number": 3},
        {"kind": "rate", "number": 60, "days": 28, "least": 5},
        {"kind": "late", "number": 3, "days": 7},
        {"kind": "unknown", "number": 3, "days": 28},
    ):
        ThresholdRule.objects.create(enterprise=school, created_by=alice, **rule)
    first_night = _seconds(evaluate_due_rules)
    ThresholdRule.objects.update(checked_on=timezone.now() - timedelta(days=2))
    night = _seconds(evaluate_due_rules)

    lesson = Lesson.objects.order_by("-starts_at")[0]
    register = []
    for mark in ("absent", "present", "late", "absent", "present"):
        Attendance.objects.filter(lesson=lesson).update(mark=mark)
        register.append(_seconds(lambda: evaluate_registers([lesson])) * 1000)
    goal(
        "thresholds in time",
        marks=Attendance.objects.count(),
        warnings=AttendanceWarning.objects.count(),
        first_night_s=round(first_night, 2),
        night_s=round(night, 2),
        register_ms=round(max(register)),
        register_median_ms=round(sorted(register)[2]),
    )
    assert max(first_night, night) < bar_now(NIGHT_S)
    assert sorted(register)[2] < bar_now(REGISTER_MS)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
