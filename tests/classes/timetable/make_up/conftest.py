"""Bob's lesson of last week, in which Ann and two students were expected."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.models import Attendance, Lesson
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.support.cast import create_person

WEEK = timedelta(weeks=1)


def moment(days: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment so many days after today, in the active zone."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def lesson_at(teacher: User, starts_at: datetime, **fields: Any) -> Lesson:
    """A lesson of 45 minutes that allows no conflict."""
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    plain = {"conflict_allowed": False, "conflict_reason": ""}
    return create_planned_lesson(teacher, **{**times, **plain, **fields})


def absent_from(lesson: Lesson, *students: User, mark: str = "absent") -> None:
    """Final marks of students."""
    for one in students:
        Attendance.objects.update_or_create(
            lesson=lesson, user_id=one.user_id, defaults={"person": one, "role": "student", "mark": mark}
        )


@pytest.fixture(autouse=True)
def _in_the_morning_at_school(school: Enterprise) -> Any:
    """In the zone of the school it is eight o'clock: ten is ahead, and no test sees midnight pass."""
    with timezone.override(school.tz):
        morning = moment(0, 8)
        with time_machine.travel(morning):
            yield


@pytest.fixture
def students(school: Enterprise) -> list[User]:
    return [create_person(school, f"kid{n}", Role.STUDENT) for n in (1, 2)]


@pytest.fixture
def helper(school: Enterprise) -> User:
    return create_person(school, "hal", Role.ASSISTANT)


@pytest.fixture
def cancelled(bob: User, helper: User, students: list[User]) -> Lesson:
    """Cancelled a week ago; it was planned for ten o'clock."""
    lesson = lesson_at(bob, moment(-7), cancelled_at=timezone.now())
    add_members(lesson, helper, *students)
    return lesson


@pytest.fixture
def ghost(bob: User, students: list[User]) -> Lesson:
    """Held last week, and no student came."""
    times = {"starts_at": moment(-7), "ends_at": moment(-7, 10, 45)}
    lesson = create_finished_lesson(bob, **times)
    add_members(lesson, *students)
    absent_from(lesson, *students)
    return lesson
