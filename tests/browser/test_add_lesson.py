"""A lesson is added in a browser: from an empty slot, from a day, and with two clicks and a key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, StudentGroup, User
from classes.models import Lesson, Member
from tests.browser.timetable_pages import moment_of_next_week, timetable_path
from tests.classes.factories import create_students
from tests.support.browser import settle
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_empty_slot_opens_the_form_with_its_day_and_times(
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    day = timezone.localtime(croquet.starts_at).date().isoformat()

    def values() -> list[str]:
        page.wait_for_url("**/lessons/new/**")
        return [page.locator(f"[name={name}]").input_value() for name in ("teacher", "day", "start", "end")]

    page, complaints = open_as(alice, timetable_path(croquet, teacher="bob"))
    page.set_viewport_size({"width": 1280, "height": 2000})
    box = page.locator(".ec-event", has_text="Croquet").bounding_box()
    hour = box["height"]
    page.mouse.click(box["x"] + 20, box["y"] + 3.75 * hour)
    assert values() == ["bob", day, "13:30", "14:15"]
    page.go_back()
    page.locator(".ec-event", has_text="Croquet").wait_for()
    page.mouse.move(box["x"] + 20, box["y"] + 3 * hour + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 4.5 * hour - 20, steps=5)
    page.mouse.move(box["x"] + 20, box["y"] + 4.5 * hour - 4, steps=5)
    page.mouse.up()
    assert values() == ["bob", day, "13:00", "14:30"]
    page.go_back()
    page.locator(".ec-event", has_text="Croquet").wait_for()
    page.get_by_role("link", name="Add a lesson on Wednesday").focus()
    page.keyboard.press("Enter")
    assert values()[:2] == ["bob", day]
    assert complaints == []


def test_an_empty_slot_of_a_group_brings_the_group_and_its_students(
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    group = StudentGroup.objects.get()
    page, complaints = open_as(alice, timetable_path(croquet, group=str(group.pk)))
    page.get_by_role("link", name="Add a lesson on Wednesday").click()
    page.wait_for_url("**/lessons/new/**")
    assert page.locator(f"[name=groups][value='{group.pk}']").is_checked()
    assert page.locator("[name=students]:checked").count() == 3
    page.locator("[name=topic]").fill("Hedgehogs")
    page.locator("[name=teacher]").select_option("bob")
    page.locator("[name=start]").fill("15:00")
    page.locator("[name=end]").fill("15:45")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("“Hedgehogs” has been scheduled.").wait_for()
    lesson = Lesson.objects.get(topic="Hedgehogs")
    assert list(lesson.groups.all()) == [group]
    assert lesson.members.filter(role=Member.Role.STUDENT).count() == 3
    assert complaints == []


def test_cancel_leads_back_to_the_timetable_as_it_was(
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    page, complaints = open_as(alice, timetable_path(croquet, teacher="bob", view="month"))
    for way in ("Add a lesson on Wednesday", "Schedule a lesson"):
        page.locator(".ec-event", has_text="Croquet").wait_for()
        shown = page.url
        page.get_by_role("link", name=way).first.click()
        page.wait_for_url("**/lessons/new/**")
        page.get_by_role("link", name="Cancel", exact=True).click()
        page.wait_for_url("**/timetable/**")
        assert page.url == shown
    assert complaints == []


def test_a_form_that_comes_filled_in_names_its_conflicts_at_once(
    open_as: Callable[..., Any], alice: User, croquet: Lesson
) -> None:
    start, end = (timezone.localtime(at) for at in (croquet.starts_at, croquet.ends_at))
    filled = f"teacher=bob&day={start:%Y-%m-%d}&start={start:%H:%M}&end={end:%H:%M}"
    page, complaints = open_as(alice, f"/lessons/new/?{filled}")
    page.locator("#conflicts").get_by_text("Croquet").wait_for()
    assert page.locator("#conflicts [name=conflict_reason]").is_visible()

    with page.expect_response(lambda answer: answer.request.method == "POST") as checked:
        page.goto(f"{page.base}/lessons/{croquet.pk}/edit/")
    checked.value.finished()
    settle(page)
    assert page.locator("#conflicts").get_by_text("Croquet").count() == 0, "it does not conflict with itself"
    assert complaints == []


def test_a_teacher_is_offered_no_new_lesson(open_as: Callable[..., Any], bob: User, croquet: Lesson) -> None:
    page, _complaints = open_as(bob, timetable_path(croquet))
    box = page.locator(".ec-event", has_text="Croquet").bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + 3 * box["height"])
    assert page.locator(".tt-add").count() == 0
    assert "/timetable/" in page.url


@pytest.mark.parametrize("start", ["/", "/timetable/"])
def test_a_lesson_of_a_group_is_scheduled_with_four_clicks_and_a_key(
    open_as: Callable[..., Any], clicks: Clicks, alice: User, bob: User, school: Enterprise, start: str
) -> None:
    create_students(school, 3, "Year 7")
    page, complaints = open_as(alice, start)
    clicks.count(page)
    page.get_by_role("link", name="Schedule a lesson", exact=True).first.click()
    page.locator("[name=topic]").fill("Croquet")
    page.locator("[name=teacher]").select_option("bob")
    page.locator("[name=day]").fill(moment_of_next_week(10).date().isoformat())
    page.locator("[name=groups]").press("Space")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("“Croquet” has been scheduled.").wait_for()
    assert clicks.number == 4, "the teacher is two"
    assert complaints == []
