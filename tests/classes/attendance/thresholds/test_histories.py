"""Random histories: warnings are those of a restatement in SQL, whichever way they were evaluated.

10,000 histories with FAULTS=full, each a student with up to 24 marks; every change runs fewer.
"""

import random
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, GroupMembership, Role, StudentGroup, User
from classes.attendance.thresholds.evaluation import evaluate_registers, evaluate_rule
from classes.models import Attendance, AttendanceWarning, Course, Lesson, Mark, ThresholdRule
from console.bulk_sql import bulk_insert
from tests.faults.goals import goal
from tests.faults.sizes import FULL, FULL_TIMEOUT_S, dice, size
from tests.support.charges import put_in_charge

STUDENTS, LESSONS, CHANGED_LESSONS = size(full=10_000, ci=100), 24, 8
MARKS = (
    *["absent"] * 5,
    *["present"] * 4,
    *["late"] * 2,
    "late_and_left_early",
    "left_early",
    "excused",
    "unknown",
    "",
)
FINAL = """
    SELECT a.person_id, a.mark, a.lesson_id, l.course_id, l.starts_at FROM classes_attendance a
    JOIN classes_lesson l ON l.id = a.lesson_id JOIN accounts_user u ON u.id = a.person_id
    WHERE l.enterprise_id = %(school)s AND l.final_at IS NOT NULL AND l.cancelled_at IS NULL
        AND a.expected AND a.mark <> '' AND u.is_active
        AND (%(course)s::bigint IS NULL OR l.course_id = %(course)s)
        AND (%(group)s::bigint IS NULL OR EXISTS (SELECT 1 FROM accounts_groupstudent g
            WHERE g.group_id = %(group)s AND g.student_id = a.person_id))
"""
IN_A_ROW = f"""
    WITH final AS ({FINAL}), telling AS (
        SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY starts_at DESC, lesson_id DESC) AS back
        FROM final WHERE mark NOT IN ('excused', 'unknown')
    )
    SELECT person_id FROM telling GROUP BY person_id
    HAVING coalesce(min(back) FILTER (WHERE mark <> 'absent') - 1, count(*)) >= %(number)s
"""
IN_DAYS = f"""
    SELECT person_id FROM ({FINAL}) final WHERE starts_at >= %(since)s GROUP BY person_id HAVING
        CASE %(kind)s
            WHEN 'late' THEN count(*) FILTER (WHERE mark LIKE 'late%%') >= %(number)s
            WHEN 'unknown' THEN count(*) FILTER (WHERE mark = 'unknown') >= %(number)s
            ELSE count(*) FILTER (WHERE mark NOT IN ('excused', 'unknown')) >= %(least)s
                AND avg((mark <> 'absent')::int * 100.0) FILTER (WHERE mark NOT IN ('excused', 'unknown'))
                    < %(number)s
        END
"""  # noqa: S608 - no value from outside


def restated(rule: ThresholdRule) -> set[int]:
    """Who has crossed the rule, by SQL that shares nothing with the evaluation."""
    zone = rule.enterprise.tz
    since = timezone.now().astimezone(zone).date() - timedelta(days=(rule.days or 1) - 1)
    values = {
        "school": rule.enterprise_id,
        "course": rule.course_id,
        "group": rule.group_id,
        "kind": rule.kind,
        "number": rule.number,
        "least": rule.least,
        "since": datetime.combine(since, time.min, zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(IN_A_ROW if rule.kind == "absences" else IN_DAYS, values)
        return {person for (person,) in cursor.fetchall()}


def warned(rule: ThresholdRule) -> set[int]:
    return set(AttendanceWarning.objects.filter(rule=rule, ended_at=None).values_list("person", flat=True))


def make_school(school: Enterprise, teacher: User, chance: random.Random) -> list[ThresholdRule]:
    """Students with random marks in lessons of six weeks, some not final or cancelled; rules of all kinds."""
    bulk_insert(
        [
            User(
                enterprise=school, user_id=f"kid{n}", login=f"kid{n}", role=Role.STUDENT, is_active=n % 20 > 0
            )
            for n in range(STUDENTS)
        ]
    )
    people = list(User.objects.filter(role=Role.STUDENT).order_by("pk"))
    group = StudentGroup.objects.create(enterprise=school, name="Hatters")
    put_in_charge(group, teacher)
    bulk_insert([GroupMembership(group=group, student=one) for one in people if chance.random() < 0.4])
    now = timezone.now().replace(microsecond=0)
    course = Course.objects.create(
        enterprise=school,
        title="Tea",
        teacher=teacher,
        starts_local=datetime(2026, 3, 2),
        duration_minutes=45,
    )
    for n in range(LESSONS):
        begins = now - timedelta(days=42 - n * 42 / LESSONS, hours=1)
        Lesson.objects.create(
            enterprise=school,
            teacher=teacher,
            topic=f"Tea {n}",
            course=course if n % 3 else None,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=45),
            status="end",
            final_at=None if chance.random() < 0.1 else now,
            cancelled_at=now if chance.random() < 0.1 else None,
        )
    write_marks(list(Lesson.objects.all()), people, chance)
    whole, of_group, of_course = {}, {"scope": "group", "group": group}, {"scope": "course", "course": course}
    conditions: list[dict[str, Any]] = [
        {"kind": "absences", "number": 3},
        {"kind": "rate", "number": 60, "days": 28, "least": 5},
        {"kind": "late", "number": 2, "days": 14},
        {"kind": "unknown", "number": 2, "days": 28},
    ]
    return [
        ThresholdRule.objects.create(
            enterprise=school, tells_office=False, tells_teachers=False, **one, **scope
        )
        for one in conditions
        for scope in (whole, of_group, of_course)
    ]


def write_marks(lessons: list[Lesson], people: list[User], chance: random.Random) -> None:
    Attendance.objects.filter(lesson__in=lessons).delete()
    for lesson in lessons:
        bulk_insert(
            [
                Attendance(
                    lesson=lesson,
                    person=one,
                    user_id=one.user_id,
                    role="student",
                    mark=chance.choice(MARKS),
                    expected=chance.random() < 0.97,
                )
                for one in people
                if chance.random() < 0.8
            ]
        )


@pytest.mark.django_db
@pytest.mark.faults
@pytest.mark.timeout(FULL_TIMEOUT_S if FULL else 300)
def test_warnings_equal_a_restatement_in_sql(school: Enterprise, bob: User) -> None:
    chance = dice("thresholds")
    rules = make_school(school, bob, chance)
    people = list(User.objects.filter(role=Role.STUDENT).order_by("pk"))
    for rule in rules:
        evaluate_rule(rule)
    wrong = sum(len(warned(rule) ^ restated(rule)) for rule in rules)
    found = sum(len(warned(rule)) for rule in rules)

    changed = chance.sample(list(Lesson.objects.order_by("pk")), CHANGED_LESSONS)
    for lesson in changed:
        marks = Attendance.objects.filter(lesson=lesson, expected=True).exclude(mark="")
        for mark in Mark.values:
            some = chance.sample(list(marks.values_list("pk", flat=True)), STUDENTS // 12)
            Attendance.objects.filter(pk__in=some).update(mark=mark)
        evaluate_registers([lesson])
    wrong += sum(len(warned(rule) ^ restated(rule)) for rule in rules)
    differ = sum(evaluate_rule(rule) for rule in rules)

    endings = AttendanceWarning.objects.exclude(ending="")
    goal(
        "thresholds",
        histories=len(people),
        rules=len(rules),
        warnings=found,
        ended=endings.count(),
        taken_back=endings.filter(state="back").count(),
        wrong=wrong,
        nightly_differs=differ,
    )
    assert (wrong, differ) == (0, 0)
    assert found > len(rules)
    assert endings.filter(state="back").exists()
    assert endings.filter(ending="over").exists()
