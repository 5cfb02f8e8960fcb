"""Six lessons at one time in a browser: a card in the week, lanes in the day, a list on a telephone."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Lesson
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.browser.timetable_pages import moment_of_next_week, timetable_path
from tests.classes.factories import create_planned_lesson
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOPICS = ["Algebra", "Ballads", "Chess", "Drama", "Etching", "Fables"]
#: What of a card is cut off at the sides, or stands outside it.
CUT = """(card) => {
  const outer = card.getBoundingClientRect();
  return [...card.querySelectorAll(".tt-time, .tt-topic, .tt-who")].filter((one) => {
    const box = one.getBoundingClientRect();
    const outside = box.left < outer.left - 1 || box.right > outer.right + 1;
    return outside || one.clientWidth && one.scrollWidth > one.clientWidth + 1;
  }).map((one) => one.textContent);
}"""


@pytest.fixture
def six(school: Enterprise, bob: User) -> list[Lesson]:
    """On Wednesday of next week at ten, by six teachers and of three groups; the fourth was rejected."""
    teachers = [bob, *(create_person(school, f"teacher{n}", Role.TEACHER) for n in range(2, 7))]
    groups = [StudentGroup.objects.create(enterprise=school, name=f"Year {n}") for n in (7, 8, 9)]
    starts = moment_of_next_week(10)
    lessons = []
    for place, (topic, teacher) in enumerate(zip(TOPICS, teachers, strict=True)):
        times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=45)}
        state = {"sync_state": "refused"} if topic == "Drama" else {}
        lesson = create_planned_lesson(teacher, topic=topic, **times, **state)
        lesson.groups.set([groups[place % 3]])
        lessons.append(lesson)
    return lessons


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/timetable-{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "words"), [("en", "6 lessons"), ("zh-CN", "6 节课")])
def test_six_lessons_of_a_week_are_one_card_that_opens_their_list_by_keyboard(
    open_as: Callable[..., Any], alice: User, six: list[Lesson], language: str, words: str
) -> None:
    page, complaints = open_as(alice, timetable_path(six[0]), "desk", language)
    card = page.locator(".ec-event")
    card.first.wait_for()
    assert card.count() == 1
    button = card.get_by_role("button")
    assert words in button.inner_text()
    assert "10:00–10:45" in button.inner_text()
    assert button.locator(".tag").count() == 1, "it says that one of them was rejected"
    box, outer = button.bounding_box(), card.bounding_box()
    assert box["y"] + box["height"] <= outer["y"] + outer["height"] + 1
    shot(page, f"crowd-{language}")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    lines = dialog.locator("li")
    assert lines.count() == 6
    assert words in dialog.get_by_role("heading").inner_text()
    for line, topic in zip(lines.all(), TOPICS, strict=True):
        assert topic in line.inner_text()
    assert lines.nth(3).locator(".tag").inner_text().strip(), "which of them, in words"
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert button.evaluate("(button) => button === document.activeElement")
    page.keyboard.press("Enter")
    dialog.locator("#more-day").click()
    page.wait_for_url("**view=day**")
    page.locator(".ec-resource .ec-event", has_text="Fables").wait_for()
    assert complaints == []


def test_two_at_one_time_stand_beside_each_other_and_a_long_one_does_not_swallow_the_day(
    open_as: Callable[..., Any], alice: User, bob: User, six: list[Lesson]
) -> None:
    hour = timedelta(hours=1)
    starts = six[0].starts_at
    create_planned_lesson(bob, topic="Sports day", starts_at=starts - hour, ends_at=starts + 5 * hour)
    for topic in ("Tea", "Cards"):
        at = starts + 6 * hour
        create_planned_lesson(bob, topic=topic, starts_at=at, ends_at=at + hour)
    create_planned_lesson(bob, topic="Alone", starts_at=starts + 3 * hour, ends_at=starts + 4 * hour)
    page, complaints = open_as(alice, timetable_path(six[0]))
    page.locator(".ec-event", has_text="Cards").wait_for()
    assert page.locator(".tt-more strong").all_inner_texts() == ["7 lessons"]
    assert sorted(page.locator(".ec-event .tt-topic").all_inner_texts()) == ["Alone", "Cards", "Tea"]
    assert complaints == []


def test_a_day_has_a_lane_for_each_teacher_or_group_and_the_choice_is_kept(
    open_as: Callable[..., Any], alice: User, six: list[Lesson]
) -> None:
    page, complaints = open_as(alice, timetable_path(six[0], view="day"))
    page.locator(".ec-event", has_text="Fables").wait_for()
    lanes = page.locator(".ec-header .ec-col-head")
    assert lanes.locator("span > span:first-child").all_inner_texts() == [
        "Bob",
        *(f"Teacher{n}" for n in range(2, 7)),
    ]
    assert page.locator(".tt-more").count() == 0
    for card in page.locator(".ec-event").all():
        assert card.evaluate(CUT) == [], card.inner_text()
    assert axe_violations(page) == []
    assert horizontal_overflow(page, 1280, 900) == []
    shot(page, "lanes")
    page.locator("select[name=lane]").select_option("group")
    page.wait_for_url("**lane=group**")
    page.locator(".ec-event", has_text="Fables").wait_for()
    assert [text.split("\n")[0] for text in lanes.all_inner_texts()] == ["Year 7", "Year 8", "Year 9"]
    assert page.locator(".ec-event .tt-topic").count() == 6
    page.goto(f"{page.base}{timetable_path(six[0], view='day')}")
    page.locator(".ec-event", has_text="Fables").wait_for()
    assert lanes.count() == 3
    page.get_by_role("button", name="Week", exact=True).click()
    page.locator(".tt-more").wait_for()
    assert not page.locator("select[name=lane]").is_visible(), "a week has no lanes"
    assert complaints == []


def test_a_lane_adds_a_lesson_of_its_teacher_and_takes_none_of_another(
    open_as: Callable[..., Any], alice: User, six: list[Lesson]
) -> None:
    page, complaints = open_as(alice, timetable_path(six[0], view="day"))
    page.set_viewport_size({"width": 1280, "height": 2000})
    card = page.locator(".ec-event", has_text="Algebra")
    card.wait_for()
    box = card.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 40 + box["width"] / 2, box["y"] + box["height"] - 8, steps=4)
    page.mouse.move(box["x"] + 40 + box["width"], box["y"] + box["height"] - 8, steps=4)
    page.mouse.up()
    page.locator(".ec-preview").wait_for(state="detached")
    assert not page.get_by_role("dialog").is_visible()
    assert abs(card.bounding_box()["x"] - box["x"]) < 2
    day = timezone.localtime(six[0].starts_at).date().isoformat()
    page.get_by_role("link", name="Teacher3").click()
    page.wait_for_url("**/lessons/new/**")
    assert page.locator("[name=teacher]").input_value() == "teacher3"
    assert page.locator("[name=day]").input_value() == day
    page.go_back()
    card.wait_for()
    page.mouse.click(box["x"] + 20, box["y"] + 3 * box["height"])
    page.wait_for_url("**/lessons/new/**")
    assert page.locator("[name=teacher]").input_value() == "bob"
    assert page.locator("[name=start]").input_value() > "10:45"
    assert complaints == []


@pytest.mark.parametrize("lane", ["teacher", "group"])
def test_a_day_on_a_telephone_is_a_list(
    open_as: Callable[..., Any], alice: User, six: list[Lesson], lane: str
) -> None:
    page, complaints = open_as(alice, timetable_path(six[0], view="day", lane=lane), "telephone", "zh-CN")
    cards = page.locator(".ec-list .ec-event")
    cards.first.wait_for()
    assert page.locator(".ec-list .tt-topic").all_inner_texts() == TOPICS
    assert ("Year 8" in cards.nth(1).inner_text()) == (lane == "group")
    assert "Teacher2" in cards.nth(1).inner_text()
    for card in cards.all():
        assert card.evaluate(CUT) == [], card.inner_text()
    assert axe_violations(page) == []
    assert horizontal_overflow(page, 390) == []
    shot(page, f"lanes-phone-{lane}")
    page.get_by_role("button", name="往后").click()
    page.wait_for_url(f"**date={timezone.localtime(six[0].starts_at).date() + timedelta(days=1)}**")
    page.get_by_text("这几天没有课堂。").wait_for()
    assert complaints == []
