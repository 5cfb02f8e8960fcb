"""A course of Bob's with final lessons on the days of a term that ended yesterday."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.models import Attendance, Course, Lesson, Term
from tests.classes.factories import create_finished_lesson

DAY = timedelta(days=1)


def create_lesson_on(course: Course, day: date, **fields: Any) -> Lesson:
    """A lesson of the course at noon of a day in the zone of the school; final unless said otherwise."""
    begins = datetime.combine(day, time(12), course.enterprise.tz)
    times = {"starts_at": begins, "ends_at": begins + timedelta(minutes=45), "real_started_at": begins}
    return create_finished_lesson(
        course.teacher, course=course, real_ended_at=begins + timedelta(minutes=45), **times, **fields
    )


def set_marks(lessons: Sequence[Lesson], student: User, marks: Sequence[str]) -> None:
    """Write the marks of a student in these lessons, one after the other."""
    for lesson, mark in zip(lessons, marks, strict=False):
        Attendance.objects.update_or_create(
            lesson=lesson,
            user_id=student.user_id,
            defaults={
                "person": student,
                "nickname": student.nickname,
                "role": "student",
                "mark": mark,
                "provisional": False,
            },
        )


@pytest.fixture
def yesterday(school: Enterprise) -> date:
    return timezone.localdate(timezone=school.tz) - DAY


@pytest.fixture
def term(school: Enterprise, yesterday: date) -> Term:
    return Term.objects.create(
        enterprise=school, name="Autumn", starts_on=yesterday - 9 * DAY, ends_on=yesterday
    )


@pytest.fixture
def course(school: Enterprise, bob: User, term: Term) -> Course:
    return Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        term=term,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )


@pytest.fixture
def lessons(course: Course, term: Term) -> list[Lesson]:
    """Four final lessons on the last four days of the term."""
    return [create_lesson_on(course, term.ends_on - days * DAY) for days in (3, 2, 1, 0)]


@pytest.fixture
def marked(lessons: list[Lesson], kids: list[User]) -> list[User]:
    """Kid1 has 87.5 %, Kid2 half of the two lessons that count, Kid3 no grade."""
    set_marks(lessons, kids[0], ["present", "present", "late", "present"])
    set_marks(lessons, kids[1], ["excused", "present", "absent", "unknown"])
    set_marks(lessons, kids[2], ["excused"])
    return kids
