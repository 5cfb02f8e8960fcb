"""Grades equal a restatement in SQL over random histories; neutral marks never change a percentage."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import Enterprise, Role, User
from classes.attendance.grades.calculation import grade_of
from classes.attendance.grades.queries import read_grades, rule_of, weights_of
from classes.attendance.grades.services import set_rule
from classes.attendance.reports.forms import period_of_days
from classes.models import Attendance, Course, Lesson, Mark, Term
from classes.models.grades import WEIGHED_MARKS
from console.bulk_sql import bulk_insert
from tests.classes.attendance.grades.conftest import create_lesson_on
from tests.faults.sizes import dice, size

STUDENTS = size(full=5_000, ci=200)
STEPS = [Decimal(number) / 100 for number in (0, 1, 25, 33, 50, 67, 75, 99, 100)]
DEFAULT = {
    **{"present": Decimal(1), "late": Decimal("0.5"), "absent": Decimal(0)},
    **{"excused": None, "unknown": None},
}
RESTATED = """
    WITH weights(mark, weight) AS (SELECT key, value::numeric FROM jsonb_each_text(%(rule)s::jsonb)),
    final AS (
        SELECT u.user_id, w.weight FROM classes_attendance a
        JOIN classes_lesson l ON l.id = a.lesson_id JOIN accounts_user u ON u.id = a.person_id
        LEFT JOIN weights w ON w.mark = a.mark
        WHERE l.course_id = %(course)s AND l.final_at IS NOT NULL AND l.cancelled_at IS NULL AND NOT l.made_up
            AND (l.starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(since)s AND %(until)s
            AND a.expected AND a.mark <> ''
    )
    SELECT user_id, count(weight), coalesce(sum(weight), 0),
        round(100 * sum(weight) / nullif(count(weight), 0), 1)
    FROM final GROUP BY user_id
"""


def restated(course: Course, term: Term, weights: Any) -> dict[str, tuple[int, Decimal, Decimal | None]]:
    rule = {mark: str(weight) for mark, weight in weights.items() if weight is not None}
    values = {"course": course.pk, "zone": course.enterprise.zone, "rule": _json(rule)}
    with connection.cursor() as cursor:
        cursor.execute(RESTATED, {**values, "since": term.starts_on, "until": term.ends_on})
        return {user_id: tuple(others) for user_id, *others in cursor.fetchall()}


def _json(rule: dict[str, str]) -> str:
    return "{" + ",".join(f'"{mark}":"{weight}"' for mark, weight in rule.items()) + "}"


@pytest.mark.django_db
def test_grades_of_random_histories_equal_a_restatement_in_sql(
    school: Enterprise, alice: User, course: Course, term: Term
) -> None:
    chance = dice("grades")
    lessons = _random_lessons(course, term, chance)
    bulk_insert(
        [User(enterprise=school, user_id=f"k{n}", login=f"k{n}", role=Role.STUDENT) for n in range(STUDENTS)]
    )
    students = list(User.objects.filter(enterprise=school, role=Role.STUDENT))
    bulk_insert([_random_mark(lesson, one, chance) for lesson in lessons for one in students])
    period = period_of_days(term.starts_on, term.ends_on, school.tz)
    for _round in range(5):
        weights = {mark.value: chance.choice([*STEPS, None]) for mark in WEIGHED_MARKS} | {
            "present": chance.choice(STEPS)
        }
        set_rule(by=alice, **weights)
        assert weights_of(rule_of(school)) == weights
        found = read_grades(course, period).students
        assert {one.user_id: tuple(one.grade) for one in found} == restated(course, term, weights)


def _random_lessons(course: Course, term: Term, chance: random.Random) -> list[Lesson]:
    """Lessons around the term; one is not final, one cancelled, one made up, and one belongs to no course."""
    days = [term.starts_on + timedelta(days=number) for number in range(-2, 12)]
    lessons = [create_lesson_on(course, day) for day in days]
    Lesson.objects.filter(pk=lessons[3].pk).update(final_at=None)
    Lesson.objects.filter(pk=lessons[5].pk).update(cancelled_at=lessons[5].starts_at)
    Lesson.objects.filter(pk=lessons[7].pk).update(course=None)
    Lesson.objects.filter(pk=lessons[8].pk).update(makes_up_for=lessons[9])
    return chance.sample(lessons, len(lessons))


def _random_mark(lesson: Lesson, student: User, chance: random.Random) -> Attendance:
    mark = chance.choice([*Mark.values, "present", "present", ""])
    return Attendance(
        lesson=lesson,
        person=student,
        user_id=student.user_id,
        role="student",
        mark=mark,
        expected=chance.random() > 0.05,
    )


def test_a_neutral_mark_never_changes_a_percentage() -> None:
    chance = dice("neutral grades")
    for _round in range(500):
        counts = {mark: chance.randrange(6) for mark in Mark.values}
        weights = {mark.value: chance.choice([*STEPS, None]) for mark in WEIGHED_MARKS}
        before = grade_of(counts, weights)
        for mark in Mark.values:
            if weights.get(mark) is None:
                assert grade_of({**counts, mark: counts[mark] + chance.randrange(1, 9)}, weights) == before


@pytest.mark.parametrize(
    ("counts", "counted", "points", "percent"),
    [
        ({"present": 3, "late": 1}, 4, "3.50", "87.5"),
        ({"present": 7, "late": 1, "absent": 0}, 8, "7.50", "93.8"),  # 93.75 is rounded up
        ({"present": 1, "absent": 15}, 16, "1.00", "6.3"),  # 6.25 is rounded up, not to the even digit
        ({"present": 2, "absent": 1}, 3, "2.00", "66.7"),
        ({"absent": 2}, 2, "0.00", "0.0"),
        ({"excused": 4, "unknown": 2}, 0, "0.00", None),
        ({}, 0, "0.00", None),
    ],
)
def test_a_percentage_is_rounded_half_up_to_one_decimal(
    counts: dict[str, int], counted: int, points: str, percent: str | None
) -> None:
    expected = (counted, Decimal(points), None if percent is None else Decimal(percent))
    assert grade_of(counts, DEFAULT) == expected
