"""The codes of random histories equal a restatement in SQL: 200 students in every run, 10,000 in full."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import Enterprise, Role, User
from classes.attendance.codes.codebook import codes_of_rows
from classes.attendance.codes.kinds import KINDS_OF_MARK
from classes.models import Attendance, AttendanceCode, CodeUse, Correction, Leave, Lesson, Mark
from classes.models.attendance import Grade
from console.bulk_sql import bulk_insert
from tests.classes.factories import create_finished_lesson
from tests.faults.goals import goal
from tests.faults.sizes import dice, size

STUDENTS = size(full=10_000, ci=200)
#: Around noon in Shanghai, and at night by UTC.
STARTS = [(7, 30), (11, 59), (12, 0), (20, 15)]
HOUR = timedelta(hours=1)
RESTATED = """
    WITH reasons AS (
        SELECT a.id, a.mark, CASE
            WHEN a.mark IN ('present', 'left_early') THEN
                CASE WHEN (l.starts_at AT TIME ZONE %(zone)s)::time < '12:00' THEN 'morning'
                    ELSE 'afternoon' END
            WHEN a.evidence = 'by_hand' THEN
                CASE WHEN a.mark = 'excused' AND newest.kind = 'drop' THEN 'drop' ELSE 'hand' END
            WHEN a.mark = 'excused' THEN coalesce(given.kind, 'other')
            ELSE coalesce(a.reason->>'rule', '')
        END AS kind
        FROM classes_attendance a
        JOIN classes_lesson l ON l.id = a.lesson_id
        LEFT JOIN (
            SELECT DISTINCT ON (lesson_id, user_id) * FROM classes_correction
            ORDER BY lesson_id, user_id, id DESC
        ) newest ON newest.lesson_id = a.lesson_id AND newest.user_id = a.user_id
        LEFT JOIN LATERAL (
            SELECT v.kind FROM classes_leave v
            WHERE v.person_id = a.person_id AND v.state <> 'requested' AND v.state <> 'returned'
                AND date_trunc('second', v.begins_at) = to_timestamp((a.reason->'leave'->>0)::bigint)
                AND date_trunc('second', v.ends_at) = to_timestamp((a.reason->'leave'->>1)::bigint)
            ORDER BY (v.state = 'approved') DESC, v.id DESC LIMIT 1
        ) given ON true
        WHERE l.enterprise_id = %(school)s
    )
    SELECT r.id, coalesce(
        max(c.letters) FILTER (WHERE u.kind = r.kind AND u.kind <> ''),
        max(c.letters) FILTER (WHERE u.kind = '')
    )
    FROM reasons r
    LEFT JOIN classes_codeuse u ON u.mark = r.mark AND u.enterprise_id = %(school)s
    LEFT JOIN classes_attendancecode c ON c.id = u.code_id AND c.is_active
    GROUP BY r.id
"""


@pytest.mark.django_db
def test_the_codes_of_random_histories_equal_a_restatement_in_sql(school: Enterprise, bob: User) -> None:
    chance = dice("codes")
    marks = _random_marks(school, bob, chance)
    codes = [AttendanceCode(enterprise=school, letters=f"C{n}", name=f"Code {n}") for n in range(12)]
    bulk_insert(codes)
    with_code = 0
    for _round in range(5):
        _choose_uses(school, codes, chance)
        found = codes_of_rows(school, marks)
        told = {mark.pk: code.letters if code else None for mark, code in zip(marks, found, strict=True)}
        assert told == _restated(school)
        with_code += sum(code is not None for code in found)
    goal("attendance codes", students=STUDENTS, marks=len(marks), rounds=5, with_code=with_code, wrong=0)
    assert 0 < with_code < 5 * len(marks)


def _restated(school: Enterprise) -> dict[int, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(RESTATED, {"school": school.pk, "zone": school.zone})
        return dict(cursor.fetchall())


def _choose_uses(school: Enterprise, codes: list[AttendanceCode], chance: random.Random) -> None:
    """Most marks have a code, some for one reason alone; a code in four is not in use."""
    CodeUse.objects.filter(enterprise=school).delete()
    for code in codes:
        code.is_active = chance.random() < 0.75
        code.save(update_fields=["is_active"])
    uses = [(mark.value, kind) for mark in Mark for kind in ("", *KINDS_OF_MARK[mark])]
    bulk_insert(
        [
            CodeUse(enterprise=school, code=chance.choice(codes), mark=mark, kind=kind)
            for mark, kind in uses
            if chance.random() < 0.6
        ]
    )


def _random_marks(school: Enterprise, teacher: User, chance: random.Random) -> list[Attendance]:
    """Marks of all students in each lesson, with what their reasons rest on."""
    bulk_insert(
        [User(enterprise=school, user_id=f"k{n}", login=f"k{n}", role=Role.STUDENT) for n in range(STUDENTS)]
    )
    students = list(User.objects.filter(enterprise=school, role=Role.STUDENT))
    lessons = [_lesson_at(teacher, hour, minute) for hour, minute in STARTS]
    marks, corrections, leaves = [], [], []
    for lesson in lessons:
        for student in students:
            mark = _random_mark(lesson, student, chance)
            marks.append(mark)
            if mark.evidence == Grade.BY_HAND:
                corrections += _random_corrections(mark, chance)
            elif mark.mark == Mark.EXCUSED:
                leaves += _random_leaves(mark, chance)
    for rows in (marks, corrections, leaves):
        bulk_insert(rows)  # type: ignore[type-var]
    return marks


def _lesson_at(teacher: User, hour: int, minute: int) -> Lesson:
    begins = datetime(2026, 9, 22, hour, minute, tzinfo=teacher.enterprise.tz)
    return create_finished_lesson(teacher, starts_at=begins, ends_at=begins + HOUR)


def _random_mark(lesson: Lesson, student: User, chance: random.Random) -> Attendance:
    mark = chance.choice(Mark.values)
    facts = {"rule": chance.choice(["never_seen", "too_short", "not_held", "counted"])}
    evidence = chance.choice([Grade.TWO_SOURCES, Grade.NONE, Grade.BY_HAND])
    if mark == Mark.EXCUSED:
        facts["leave"] = [int(at.timestamp()) for at in (lesson.starts_at, lesson.ends_at)]  # type: ignore[assignment]
    return Attendance(
        lesson=lesson, person=student, user_id=student.user_id, role="student",
        mark=mark, evidence=evidence, reason=facts,
    )  # fmt: skip


def _random_corrections(mark: Attendance, chance: random.Random) -> list[Correction]:
    return [
        Correction(lesson=mark.lesson, user_id=mark.user_id, kind=chance.choice(Correction.Kind.values))
        for _number in range(chance.randrange(3))
    ]


def _random_leaves(mark: Attendance, chance: random.Random) -> list[Leave]:
    """None, one or two of these seconds, of which one at most is approved, and others of other times."""
    states = chance.choice([[], ["approved"], ["withdrawn"], ["withdrawn", "approved"], ["requested"]])
    begins, ends = mark.lesson.starts_at, mark.lesson.ends_at
    part = timedelta(milliseconds=chance.randrange(1000))
    times = [(begins + part, ends, state) for state in states] + [(begins - HOUR, begins, "approved")]
    return [
        Leave(
            enterprise=mark.lesson.enterprise, person=mark.person, begins_at=begin, ends_at=end,
            state=state, withdrawn_at=end if state == "withdrawn" else None,
            kind=chance.choice(Leave.Kind.values),
        )
        for begin, end, state in times
    ]  # fmt: skip
