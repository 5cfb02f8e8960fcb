"""A student of Bob's with a guardian, and a school that tells guardians at six in the evening."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Guardian, GuardianNoticeSettings, User
from accounts.people.guardian_notices.services import save_settings
from accounts.people.guardians.services import add_guardian
from classes.models import Attendance, Lesson
from tests.classes.factories import create_finished_lesson
from tests.support.cast import create_person

#: A Tuesday at noon in Shanghai, where the school is.
NOON = datetime.fromisoformat("2026-11-24T12:00+08:00")
EVENING = NOON + timedelta(hours=6, minutes=1)
DAY = timedelta(days=1)
Told = Callable[..., list[list[str]]]


@pytest.fixture
def clock(time_machine: Any, settings: Any) -> Any:
    """The clock of the test, which stands at NOON; there is a mail server."""
    settings.EMAIL_IS_SET_UP = True
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def dina(clock: Any, alice: User) -> User:
    return create_person(alice.enterprise, "dina", "student")


@pytest.fixture
def ada(alice: User, dina: User) -> Guardian:
    return guardian_of(dina, alice)


@pytest.fixture
def told(clock: Any, alice: User) -> GuardianNoticeSettings:
    """The settings of a school that tells guardians, since yesterday."""
    clock.move_to(NOON - DAY, tick=False)
    settings = save_settings(school=alice.enterprise, by=alice, is_on=True)
    clock.move_to(NOON, tick=False)
    return settings


def guardian_of(student: User, by: User, **fields: Any) -> Guardian:
    values = {
        "name": "Ada Liddell",
        "relation": "mother",
        "phone_no": "13800138000",
        "e_mail": "ada@wonderland.example",
        "language": "en",
        "told_attendance": True,
    }
    return add_guardian(student=student, by=by, **values | fields)


def held(teacher: User, student: User, mark: str, begins: datetime = NOON, **fields: Any) -> Lesson:
    """A lesson that began then, with the student's mark in its final register."""
    ends = begins + timedelta(minutes=45)
    times = {"starts_at": begins, "ends_at": ends, "real_started_at": begins, "real_ended_at": ends}
    lesson = create_finished_lesson(teacher, **times | {"final_at": ends} | fields)
    set_mark(lesson, student, mark)
    return lesson


def set_mark(lesson: Lesson, student: User, mark: str, **fields: Any) -> None:
    values = {"person": student, "role": "student", "mark": mark, "provisional": False, **fields}
    Attendance.objects.update_or_create(lesson=lesson, user_id=student.user_id, defaults=values)
