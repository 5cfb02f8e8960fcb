"""Chen is away tomorrow; Bob, Dora and Tom teach, too."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.models import Course, Lesson, Subject, TeacherAbsence
from classes.timetable.cover.services import enter_absence
from tests.classes.factories import create_planned_lesson
from tests.support.cast import create_person


def on_the_day(hour: int, minute: int = 0, days: int = 1) -> datetime:
    """A moment of tomorrow, in the school's zone, or so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def lesson_at(teacher: User, hour: int, days: int = 1, **fields: Any) -> Lesson:
    """A lesson of 45 minutes that allows no conflict."""
    starts_at = on_the_day(hour, days=days)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    plain = {"conflict_allowed": False, "conflict_reason": ""}
    return create_planned_lesson(teacher, **{**times, **plain, **fields})


@pytest.fixture(autouse=True)
def _in_the_zone_of_the_school(school: Enterprise) -> Any:
    with timezone.override(school.tz):
        yield


@pytest.fixture
def chen(school: Enterprise) -> User:
    return create_person(school, "chen", Role.TEACHER)


@pytest.fixture
def dora(school: Enterprise) -> User:
    return create_person(school, "dora", Role.TEACHER)


@pytest.fixture
def course_in() -> Callable[..., Course]:
    """Create a course of a subject."""

    def create(subject: Subject | None, teacher: User) -> Course:
        plan = {"starts_local": datetime(2027, 3, 2), "duration_minutes": 45, "title": "Sums"}
        return Course.objects.create(enterprise=teacher.enterprise, teacher=teacher, subject=subject, **plan)

    return create


@pytest.fixture
def be_absent(alice: User) -> Callable[..., TeacherAbsence]:
    """Enter that somebody is away tomorrow, or between two moments."""

    def enter(teacher: User, begins_at: Any = None, ends_at: Any = None, **fields: Any) -> TeacherAbsence:
        times = {"begins_at": begins_at or on_the_day(0), "ends_at": ends_at or on_the_day(0, days=2)}
        return enter_absence(teacher=teacher, by=alice, **{"kind": "sick", **times, **fields})

    return enter


@pytest.fixture
def absence(chen: User, be_absent: Callable[..., TeacherAbsence]) -> TeacherAbsence:
    return be_absent(chen)
