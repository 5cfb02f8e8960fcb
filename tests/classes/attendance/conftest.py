"""A lesson of Bob's on 22 September 2026, 8:00 to 8:45 in Shanghai, that Ann and Ben are expected in."""

import pytest
import time_machine

from accounts.models import Enterprise, Role, User
from classes.attendance.register import finalize_register
from classes.choices import Status
from classes.models import Lesson, Member
from tests.classes.attendance.service_rows import moment, poll_lesson, record_history_rows
from tests.support.cast import create_person


@pytest.fixture
def nine() -> "time_machine.Coordinates":
    """It is nine o'clock; the lesson is over."""
    with time_machine.travel(moment("9:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def ann(school: Enterprise) -> User:
    return create_person(school, "ann", Role.STUDENT)


@pytest.fixture
def ben(school: Enterprise) -> User:
    return create_person(school, "ben", Role.STUDENT)


@pytest.fixture
def lesson(school: Enterprise, bob: User, ann: User, ben: User) -> Lesson:
    lesson = Lesson.objects.create(
        enterprise=school,
        topic="Fractions",
        teacher=bob,
        starts_at=moment("8:00"),
        ends_at=moment("8:45"),
        status=Status.END,
        real_started_at=moment("8:00"),
        real_ended_at=moment("8:45"),
        remote_id="1001",
    )
    Member.objects.bulk_create(Member(lesson=lesson, user=user) for user in (ann, ben))
    return lesson


@pytest.fixture
def register(lesson: Lesson) -> Lesson:
    """The lesson with final marks: Ann was there, Ben was not."""
    visits = {"bob": [("7:59", "8:45")], "ann": [("8:00", "8:45")]}
    poll_lesson(lesson, visits)
    record_history_rows(lesson, visits)
    finalize_register(lesson)
    return lesson
