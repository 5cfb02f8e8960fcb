"""A teacher in charge in a browser: a new warning on Today, and a call recorded on My group."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.attendance.register import recompute_register
from classes.models import AbsenceCall, AttendanceWarning, Lesson, ThresholdRule
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.browser.timetable_pages import SIZES
from tests.classes.factories import add_members, create_running_lesson, create_students, record_poll
from tests.support.browser import SEEN_AGAIN, collect_console_errors
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tom(school: Enterprise, bob: User, alice: User) -> User:
    """In charge of three students, one of them in Bob's running lesson, and one with a new warning."""
    tom = create_person(school, "tom", Role.TEACHER)
    kids = create_students(school, 3, "Year 7")
    put_in_charge(StudentGroup.objects.get(name="Year 7"), tom)
    lesson = create_running_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    record_poll(lesson, [kids[0]], at=timezone.now() - timedelta(minutes=2))
    recompute_register(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    rule = ThresholdRule.objects.create(enterprise=school, kind="absences", number=3, created_by=alice)
    facts = {"kind": "absences", "count": 4, "total": 4, "number": 3, "days": None, "least": None}
    AttendanceWarning.objects.create(enterprise=school, rule=rule, person=kids[1], facts=facts)
    return tom


def shoot(page: Any, name: str) -> None:
    """Keep a picture where GROUP_SHOTS names a folder."""
    if folder := os.environ.get("GROUP_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("size", "language", "call", "outcome"),
    [("telephone", "zh-CN", "记录致电", "会来"), ("desk", "en", "Record a call", "is coming")],
)
def test_a_warning_stands_on_today_and_a_call_is_two_clicks_from_my_group(
    window: Callable[..., Any], clicks: Clicks, tom: User, size: str, language: str, call: str, outcome: str
) -> None:
    page, complaints = window(tom, size, language), list[str]()
    collect_console_errors(page, complaints)
    clicks.count(page)
    page.goto(f"{page.base}/")
    expect(page.locator("li:has(> #waits-warnings)").get_by_role("link", name="Kid2")).to_be_visible()
    shoot(page, f"today-{size}")
    assert horizontal_overflow(page, *SIZES[size]) == []
    assert axe_violations(page) == []
    page.locator("#own-groups a").first.click()
    student = page.locator("#own-group-now li", has_text="Kid3")
    student.get_by_text(call).click()
    student.get_by_role("textbox").fill("On the bus")
    shoot(page, f"call-{size}")
    assert horizontal_overflow(page, *SIZES[size]) == []
    assert axe_violations(page) == []
    student.get_by_role("button", name=outcome).click()
    expect(page.locator("#own-group-now li", has_text="Kid3")).to_contain_text(outcome)
    clicks.done("call somebody who is missing in a running lesson")
    made = AbsenceCall.objects.get()
    assert (made.outcome, made.note, made.by) == ("coming", "On the bus", tom)
    shoot(page, f"called-{size}")
    assert complaints == []


def test_a_form_that_is_unfolded_stays_so_and_no_other_one_unfolds_in_its_place(
    window: Callable[..., Any], tom: User
) -> None:
    """Kid2 comes in and Kid1 leaves, so that Kid1 takes the place of Kid2 in the list.

    The keyboard stays where it was, which does not keep the list from its refresh.
    """
    page = window(tom, "desk", "en")
    page.goto(f"{page.base}/groups/mine/")
    for name in ("Kid2", "Kid3"):
        page.locator("#own-group-now li", has_text=name).get_by_text("Record a call").click()
    lesson = Lesson.objects.get()
    record_poll(lesson, [User.objects.get(user_id="kid2")])
    recompute_register(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    page.evaluate(SEEN_AGAIN)
    shown = page.locator("#own-group-now li details")
    expect(page.locator("#own-group-now li", has_text="Kid1")).to_be_visible()
    expect(page.locator("#own-group-now li", has_text="Kid2")).to_have_count(0)
    expect(shown).to_have_count(2)
    expect(page.locator("#own-group-now details[open]")).to_have_count(1)
    expect(page.locator("#own-group-now li", has=page.locator("details[open]"))).to_contain_text("Kid3")
    expect(page.locator("#own-group-now li", has_text="Kid3").locator("summary")).to_be_focused()
