"""The drawing of who was in a lesson and when: no bar goes beyond what is known."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from classes.attendance.register import recompute_register
from classes.attendance.timeline import WIDTH, Timeline, TimelinePiece
from classes.models import Attendance, Lesson
from tests.classes.factories import MINUTE, add_members, create_running_lesson, record_poll

pytestmark = pytest.mark.django_db

NOW = "2026-11-24 01:15:00+00:00"


@pytest.fixture(autouse=True)
def quarter_past() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lesson(bob: User) -> Lesson:
    """Bob's, of 45 minutes; it has run for 15."""
    return create_running_lesson(bob, 15)


def facts(lesson: Lesson, until: timedelta | None) -> dict[str, Any]:
    """Facts of somebody who was in the room from the start until so long after it; None: no exit yet."""
    begins = int(lesson.starts_at.timestamp())
    end = None if until is None else begins + int(until.total_seconds())
    return {"stays": [{"from": begins, "to": end, "grade": "one_source"}], "unknown": []}


def drawn(lesson: Lesson, until: timedelta | None) -> tuple[int, int]:
    """Where the bar begins and ends."""
    (piece,) = Timeline.for_lesson(lesson).pieces(facts(lesson, until))
    return piece.x, piece.x + piece.width


def test_who_is_in_a_running_lesson_is_drawn_until_now(lesson: Lesson) -> None:
    assert drawn(lesson, None) == (0, WIDTH // 3)


def test_nothing_in_a_running_lesson_is_drawn_beyond_now(lesson: Lesson) -> None:
    assert drawn(lesson, 16 * MINUTE) == (0, WIDTH // 3)
    begins = int(lesson.starts_at.timestamp())
    unknown = {"unknown": [[begins, begins + 2700]]}
    assert Timeline.for_lesson(lesson).pieces(unknown) == [TimelinePiece("unknown", 0, WIDTH // 3)]


def test_a_lesson_that_runs_beyond_its_planned_end_is_drawn_until_now(bob: User) -> None:
    assert drawn(create_running_lesson(bob, 60), None) == (0, WIDTH)


def test_in_a_lesson_that_ended_early_an_open_bar_ends_with_it(lesson: Lesson) -> None:
    lesson.status, lesson.real_ended_at = "end", timezone.now()
    assert drawn(lesson, None) == (0, WIDTH // 3)


def test_before_a_lesson_whose_start_was_not_reported_nothing_goes_beyond_now(lesson: Lesson) -> None:
    lesson.real_started_at = None
    assert drawn(lesson, None) == (0, WIDTH // 3)


def test_what_begins_after_now_is_not_drawn_and_the_ground_ends_now(lesson: Lesson) -> None:
    begins = int(lesson.starts_at.timestamp())
    line = Timeline.for_lesson(lesson)
    assert line.pieces({"unknown": [[begins + 1000, begins + 2700]]}) == []
    assert line.drawn_until == WIDTH // 3


def test_a_moment_before_now_is_seen_and_does_not_reach_beyond_now(lesson: Lesson) -> None:
    now = int(timezone.now().timestamp())
    (piece,) = Timeline.for_lesson(lesson).pieces({"stays": [{"from": now - 1, "to": None, "grade": "x"}]})
    assert piece.width >= 2
    assert piece.x + piece.width <= WIDTH // 3


@pytest.mark.parametrize(
    ("zone", "minutes", "words"),
    [
        ("Asia/Shanghai", 45, ["09:00", "09:15", "09:30", "09:45"]),
        ("Asia/Kathmandu", 45, ["06:45", "07:00", "07:15", "07:30"]),
        ("Asia/Shanghai", 120, ["09:00", "09:30", "10:00", "10:30", "11:00"]),
        ("Asia/Shanghai", 600, ["10:00", "12:00", "14:00", "16:00", "18:00"]),
    ],
)
def test_the_ruler_has_whole_quarters_on_the_clock_of_the_school(
    lesson: Lesson, zone: str, minutes: int, words: list[str]
) -> None:
    lesson.ends_at = lesson.starts_at + minutes * MINUTE
    with timezone.override(zone):
        labels = Timeline.for_lesson(lesson).clock_labels()
    assert [label.text for label in labels] == words
    assert (labels[0].x == 0) is (minutes < 600)


def test_the_bar_of_a_live_register_ends_now(
    browse: Any, alice: User, lesson: Lesson, kids: list[User]
) -> None:
    add_members(lesson, kids[0])
    record_poll(lesson, [lesson.teacher, kids[0]], timezone.now() - timedelta(seconds=5))
    recompute_register(lesson)
    assert Attendance.objects.get(user_id="kid1").last_left_at is None
    rows = browse(alice, f"/lessons/{lesson.pk}/attendance/").context["rows"]
    assert [(one.x, one.width) for row in rows for one in row.pieces] == [(0, WIDTH // 3)]
