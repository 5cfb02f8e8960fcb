"""The live wall and the morning of a school in a browser: news within one refresh, on a page that stays."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.attendance.register import recompute_register
from classes.live.alarms.detection import detect_alarms
from classes.live.wall.views import REFRESH_S
from classes.models import Attendance, Lesson
from tests.browser.page_checks import horizontal_overflow
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    create_students,
    record_poll,
)
from tests.support.browser import in_turn
from tests.support.cast import create_person
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ONE_REFRESH_MS = REFRESH_S * 1000


def seen(lesson: Lesson, people: list[User]) -> None:
    """iclass was asked just now, and these were in the room."""
    record_poll(lesson, people)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute_register(lesson)


@pytest.fixture
def morning(school: Enterprise, alice: User, bob: User) -> dict[str, Any]:
    """A lesson without its teacher, one that is well, one that comes, one that is over."""
    kids = create_students(school, 8, "Year 7")
    alone = create_running_lesson(bob, 9, topic="Hedgehogs", record_types=["remote"])
    well, soon = (
        create_running_lesson(bob, 12, topic="Flamingos"),
        create_planned_lesson(bob, timedelta(minutes=30), topic="Tea"),
    )
    before = create_finished_lesson(bob, topic="Caucus race")
    for lesson in (alone, well, soon, before):
        add_members(lesson, *kids)
    seen(alone, kids[:3])
    seen(well, [bob, *kids[:7]])
    for place, kid in enumerate(kids):
        Attendance.objects.create(
            lesson=before,
            person=kid,
            user_id=kid.user_id,
            nickname=kid.nickname,
            role="student",
            mark=("present", "absent", "late")[place % 3],
        )
    detect_alarms()
    return {"kids": kids, "alone": alone, "well": well, "before": before}


def test_a_join_is_on_the_wall_within_one_refresh_and_the_page_does_not_grow(
    window: Callable[..., Any], school: Enterprise, bob: User, morning: dict[str, Any]
) -> None:
    page = window(create_person(school, "sue", Role.SUPERVISOR))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install()
    page.goto(f"{page.base}/live/")
    tile = page.locator(".tile", has_text="Flamingos")
    expect(tile).to_contain_text("7/8")
    expect(page.locator(".tile").first).to_contain_text("Hedgehogs")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    seen(morning["well"], [bob, *morning["kids"]])
    page.clock.fast_forward(ONE_REFRESH_MS)
    expect(tile).to_contain_text("8/8")
    seen(morning["alone"], [bob, *morning["kids"][:3]])
    alone = page.locator(".tile", has_text="Hedgehogs")
    page.clock.fast_forward(ONE_REFRESH_MS)
    expect(alone).to_contain_text("in since")
    expect(page.locator("#wall-words")).not_to_contain_text("teacher not in the room")
    assert page.evaluate("document.querySelectorAll('*').length") <= nodes
    assert page.locator("#wall").count() == 1
    assert errors == []


def test_a_school_in_the_morning_finds_the_alarm_and_takes_care_of_it(
    window: Callable[..., Any], alice: User, morning: dict[str, Any]
) -> None:
    page = window(alice)
    page.goto(page.base)
    rows = page.locator("#waits-alarms + .need-rows")
    expect(rows).to_contain_text("teacher not in the room")
    page.locator("#waits-alarms").click()
    alarm = page.locator("main tbody tr", has_text="teacher not in the room")
    alarm.get_by_role("button", name="Handle this").click()
    page.goto(page.base)
    expect(rows).to_contain_text("Hedgehogs")
    expect(rows).not_to_contain_text("teacher not in the room")


def test_it_is_one_click_to_learn_that_iclass_has_not_answered(
    window: Callable[..., Any], clicks: Clicks, alice: User, morning: dict[str, Any]
) -> None:
    Lesson.objects.filter(status="ing").update(looked_at=timezone.now() - timedelta(minutes=5))
    page = window(alice)
    clicks.count(page)
    page.goto(page.base)
    page.locator(".side a[href='/live/']").click()
    expect(page.locator("#wall .note-warn")).to_contain_text("iclass has not answered since")
    clicks.done("service away")


def test_the_pages_fit_the_screen(window: Callable[..., Any], alice: User, morning: dict[str, Any]) -> None:
    lesson, kid = morning["alone"], morning["kids"][1]
    group = StudentGroup.objects.get(name="Year 7")
    pages = {
        "home": "/",
        "wall": "/live/",
        "wall-table": "/live/?as=table",
        "alarms": "/alarms/",
        "lesson": f"/lessons/{lesson.pk}/",
        "call": f"/lessons/{lesson.pk}/call/?who=kid5",
        "access": f"/lessons/{lesson.pk}/access/",
        "enter": f"/lessons/{lesson.pk}/enter-for/",
        "school": "/reports/school/",
        "group": f"/reports/group/?group={group.pk}",
        "teachers": "/reports/teachers/",
        "student": f"/people/{kid.pk}/attendance/",
    }
    looks = [("desk", "zh-CN", "light"), ("telephone", "en", "dark")]
    opened = [window(alice, *look) for look in looks]
    wide = {}
    for number, (name, path) in enumerate(pages.items()):
        for page in in_turn(number, opened):
            page.goto(f"{page.base}{path}")
            width = page.viewport_size["width"]
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
            if over := horizontal_overflow(page, width):
                wide[name, width] = over
    assert wide == {}
