"""Final lessons of Bob's on days before today, and the marks of students in them."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.models import Attendance, Course, Lesson, ThresholdRule
from tests.classes.factories import create_finished_lesson, create_students
from tests.support.charges import replace_in_charge

DAY, LENGTH = timedelta(days=1), timedelta(minutes=5)
Marker = Callable[..., None]


@pytest.fixture
def croquet(bob: User) -> Course:
    return Course.objects.create(
        enterprise=bob.enterprise,
        title="Croquet",
        teacher=bob,
        starts_local=timezone.now().replace(tzinfo=None, microsecond=0),
        duration_minutes=5,
    )


@pytest.fixture
def lessons(bob: User, croquet: Course) -> list[Lesson]:
    """Six final lessons on six days, the last of them yesterday; the first three are of the course."""
    now = timezone.now().replace(microsecond=0)
    found = []
    for days in range(6, 0, -1):
        begins = now - days * DAY
        times = {"starts_at": begins, "ends_at": begins + LENGTH}
        real = {"real_started_at": begins, "real_ended_at": begins + LENGTH}
        course = croquet if days > 3 else None
        found.append(create_finished_lesson(bob, course=course, **times, **real))
    return found


@pytest.fixture
def pupils(bob: User) -> list[User]:
    """Three students of a group that Bob is in charge of."""
    found = create_students(bob.enterprise, 3, "Year 7")
    replace_in_charge(StudentGroup.objects.all(), bob)
    return found


@pytest.fixture
def three_absences(alice: User) -> ThresholdRule:
    return ThresholdRule.objects.create(
        enterprise=alice.enterprise, kind="absences", number=3, created_by=alice
    )


def set_marks(lessons: Sequence[Lesson], student: User, marks: Sequence[str]) -> None:
    """Write the marks of a student in these lessons; an empty one leaves the lesson out."""
    for lesson, mark in zip(lessons, marks, strict=False):
        if mark:
            Attendance.objects.update_or_create(
                lesson=lesson,
                user_id=student.user_id,
                defaults={"person": student, "role": "student", "mark": mark},
            )
