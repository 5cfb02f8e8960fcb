"""Attendance warnings in a browser: a rule with its preview, a warning handled, on a desk and a phone."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import StudentGroup, User
from classes.attendance.thresholds.evaluation import evaluate_due_rules
from classes.models import Attendance, AttendanceWarning, ThresholdRule
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import create_finished_lesson, create_students
from tests.support.charges import replace_in_charge
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def absent(bob: User) -> User:
    """A student of a group in Bob's charge, absent from three lessons."""
    student = create_students(bob.enterprise, 2, "Year 7")[0]
    replace_in_charge(StudentGroup.objects.all(), bob)
    now = timezone.now().replace(microsecond=0)
    for days in (3, 2, 1):
        begins = now - timedelta(days=days)
        times = {"starts_at": begins, "ends_at": begins + timedelta(minutes=45)}
        lesson = create_finished_lesson(bob, **times)
        mark = {"mark": "absent", "derived_mark": "absent", "provisional": False}
        Attendance.objects.create(lesson=lesson, person=student, user_id="kid1", role="student", **mark)
    return student


def is_sound(page: Any) -> bool:
    """Whether the page fits, is accessible and logs no error; SHOTS=folder keeps a picture of it."""
    if folder := os.environ.get("SHOTS"):
        name = re.sub(r"\W+", "-", page.url.split("/", 3)[3]).strip("-")
        language = page.locator("html").get_attribute("lang")
        path = Path(folder) / f"{name}-{page.viewport_size['width']}-{language}.png"
        page.screenshot(path=path, full_page=True)
    found = [*axe_violations(page), *horizontal_overflow(page, page.viewport_size["width"]), *page.errors]
    assert found == []
    return True


def test_a_rule_warns_and_the_teacher_in_charge_handles_it(
    open_page: Callable[..., Any], clicks: Clicks, alice: User, bob: User, absent: User
) -> None:
    page = open_page(alice, "/warnings/rules/")
    assert is_sound(page)
    page.get_by_role("link", name="Absences in a row").click()
    page.get_by_role("button", name="Whom would it warn?").click()
    expect(page.get_by_role("status").filter(has_text="would warn")).to_have_text(
        "3 absences in a row: Today this rule would warn 1 student."
    )
    expect(page.get_by_role("row", name="Absent from 3 lessons in a row.")).to_contain_text("Year 7")
    assert is_sound(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("rowheader", name="3 absences in a row")).to_be_visible()
    evaluate_due_rules()
    assert is_sound(page)

    page = open_page(bob, "/warnings/")
    clicks.count(page)
    assert is_sound(page)
    page.get_by_role("link", name="Kid1").click()
    page.get_by_role("button", name="Handle this").click()
    page.get_by_label("Details").fill("The mother will write.")
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#follow-ups")).to_contain_text("The mother will write.")
    assert is_sound(page)
    page.get_by_role("button", name="Close the warning").click()
    expect(page.get_by_role("button", name="Close the warning")).to_have_count(0)
    clicks.done("who is absent too often: a note, and the warning closed")
    assert AttendanceWarning.objects.get().state == "closed"


@pytest.mark.parametrize(
    "path", ["/warnings/", "/warnings/rules/", "/warnings/rules/new/?kind=rate", "WARNING"]
)
def test_the_pages_fit_a_phone_in_chinese(
    open_page: Callable[..., Any], alice: User, absent: User, path: str
) -> None:
    ThresholdRule.objects.create(enterprise=alice.enterprise, kind="absences", number=3)
    evaluate_due_rules()
    if path == "WARNING":
        path = f"/warnings/{AttendanceWarning.objects.get().pk}/"
    assert is_sound(open_page(alice, path, "telephone", "zh-CN"))
    assert is_sound(open_page(alice, path, "desk", "zh-CN"))
