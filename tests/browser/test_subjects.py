"""A school sets up its first subject in a browser, gives it to a course, and sees it in the timetable."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from classes.models import Course, Subject
from tests.browser.timetable_pages import moment_of_next_week
from tests.support.browser import in_turn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/subjects-{name}.png", full_page=True)


@pytest.mark.parametrize("size", in_turn(1, ["desk", "telephone"]))
def test_a_subject_is_added_chosen_for_a_course_and_seen_in_the_timetable(
    open_as: Callable[..., Any], alice: User, bob: User, size: str
) -> None:
    page, complaints = open_as(alice, "/subjects/", size)
    page.get_by_role("link", name="New subject").first.click()
    page.get_by_label("Name", exact=True).fill("Maths")
    page.get_by_role("radio", name="purple").check()
    page.get_by_role("checkbox", name="Bob").check()
    _shot(page, f"form-{size}")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="Maths")
    expect(row.locator(".tt-mark.hue-3")).to_have_text("M")
    expect(row).to_contain_text("purple")
    _shot(page, f"list-{size}")

    begins = timezone.localtime(moment_of_next_week(10))
    page.goto(f"{page.base}/courses/new/")
    page.locator("[name=topic]").fill("Algebra")
    page.locator("[name=teacher]").select_option("bob")
    page.locator("[name=day]").fill(begins.date().isoformat())
    page.locator("[name=start]").fill("10:00")
    page.locator("[name=end]").fill("10:45")
    page.get_by_label("Subject").select_option(label="Maths")
    page.get_by_role("button", name="Create course").click()
    page.get_by_role("checkbox", name="Yes, save it like this").check()
    page.get_by_role("button", name="Create course").click()
    expect(page.get_by_role("heading", name="Algebra", level=1)).to_be_visible()
    expect(page.locator("main .subject")).to_contain_text("Maths")

    page.goto(f"{page.base}/timetable/?view=week&date={begins.date().isoformat()}")
    lesson = page.locator(".ec-event", has_text="Algebra")
    expect(lesson.locator(".tt-mark.hue-3")).to_have_text("M")
    expect(page.locator("#timetable-legend")).to_contain_text("Maths")
    _shot(page, f"timetable-{size}")
    assert Course.objects.get().subject == Subject.objects.get(name="Maths", colour=3)
    assert complaints == []
