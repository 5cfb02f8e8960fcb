"""Home page, list, wall and alarms name the same lessons as running without their teacher."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from accounts.models import User
from classes.attendance.register import recompute_register
from classes.lessons.queries import filter_by_need, lessons_for
from classes.live.alarms.detection import detect_alarms
from classes.live.wall.tiles import build_wall
from classes.models import Lesson
from tests.classes.factories import MINUTE, add_members, create_running_lesson, record_poll

pytestmark = pytest.mark.django_db


def running(bob: User, kid: User, minutes: float, late: int, looked: float | None, here: bool) -> Lesson:
    """Planned so many minutes ago; it began `late` minutes after and was polled `looked` seconds ago."""
    lesson = create_running_lesson(bob, topic=f"{minutes} {late} {looked} {here}")
    now = timezone.now()
    lesson.starts_at = now - timedelta(minutes=minutes)
    lesson.real_started_at = lesson.starts_at + late * MINUTE
    lesson.looked_at = None if looked is None else now - timedelta(seconds=looked)
    Lesson.objects.filter(pk=lesson.pk).update(
        starts_at=lesson.starts_at, real_started_at=lesson.real_started_at, looked_at=lesson.looked_at
    )
    add_members(lesson, kid)
    if looked is not None:
        record_poll(lesson, [bob, kid] if here else [kid], lesson.looked_at)
        recompute_register(lesson)
    return lesson


def tagged_on_the_home_page(page: str) -> set[str]:
    """The topics of the rows of the day that have the tag."""
    rows = re.findall(r'<li class="day-row.*?</li>', page, re.DOTALL)
    topics = [(re.search(r'<a id="lesson-[^>]*>([^<]*)<', row), row) for row in rows]
    return {found[1] for found, row in topics if found and "teacher not in the room" in row}


def test_all_pages_agree_on_which_lessons_run_without_their_teacher(
    browse, alice: User, bob: User, kids: list[User]
) -> None:
    cases = product((2, 4.9, 5.2, 20), (0, 4), (None, 5, 300), (True, False))
    for minutes, late, looked, here in cases:
        running(bob, kids[0], minutes, late, looked, here)
    on_the_wall = {
        tile.lesson.topic
        for tile in build_wall(alice).tiles
        if any(one.kind == "teacher_out" for one in tile.troubles)
    }
    on_the_list = set(filter_by_need(lessons_for(alice), "teacher_out").values_list("topic", flat=True))
    for reader in (alice, bob):
        assert tagged_on_the_home_page(browse(reader, "/").content.decode()) == on_the_wall, reader
    assert on_the_list == on_the_wall == {"5.2 0 5 False", "20 0 5 False", "20 4 5 False"}


def test_the_first_minutes_without_a_teacher_raise_no_alert_on_the_home_page(
    browse, alice: User, bob: User, kids: list[User]
) -> None:
    running(bob, kids[0], 4, 0, 5, here=False)
    detect_alarms()
    assert "open alarm" not in browse(alice, "/").content.decode()
    running(bob, kids[0], 6, 0, 5, here=False)
    detect_alarms()
    assert "1 open alarm" in browse(alice, "/").content.decode()
