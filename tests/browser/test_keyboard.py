"""The main tasks of a school by keyboard alone, as somebody does them who hears the pages.

The fifth, planning a series, is done in test_plan_course.py; here its page is walked through.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, User
from classes.attendance.register import recompute_register
from classes.models import Attendance, Lesson, Register
from tests.browser.page_checks import assert_order, tab_through_page, tab_to
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_running_lesson,
    create_students,
    record_full_presence,
    record_poll,
)
from tests.support.browser import SEEN_AGAIN, refreshed
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE_OF_LESSON = re.compile(r"/lessons/\d+/$")
#: A heading that the console does not know, so that the columns are assigned by hand.
SHEET = "user_id,nickname,role,hat\nhare,March Hare,student,none\nking,King,king,crown\n"


@pytest.fixture
def open_page(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """A page as somebody sees it who is signed in."""
    settings.REQUIRE_TWO_FACTOR = False
    settings.PUBLIC_URL = live_server.url
    contexts = []

    def opened(reader: User, path: str) -> Any:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en", reduced_motion="reduce"
        )
        contexts.append(context)
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_first_stop_leads_past_the_menu(open_page: Callable[..., Any], alice: User) -> None:
    page = open_page(alice, "/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_lesson_is_scheduled(
    open_page: Callable[..., Any], alice: User, bob: User, school: Enterprise
) -> None:
    create_students(school, 3, "Year 7")
    page = open_page(alice, "/lessons/new/")
    assert_order(
        tab_through_page(page),
        "Topic",
        "Teacher",
        "Who may enter",
        "Day",
        "Starts",
        "Ends",
        "Year 7",
        "Schedule",
    )
    tab_to(page, "at.name === 'topic'")
    page.keyboard.type("Croquet")
    tab_to(page, "at.name === 'teacher'")
    page.keyboard.type("Bob")
    for name, typed in (("day", "03022027"), ("start", "0700PM"), ("end", "0745PM")):
        tab_to(page, f"at.name === '{name}'")
        page.keyboard.type(typed)
    tab_to(page, "at.name === 'groups'")
    page.keyboard.press("Space")
    tab_to(page, "at.matches('main form .btn-primary')")
    page.keyboard.press("Enter")
    page.wait_for_url(PAGE_OF_LESSON)
    lesson = Lesson.objects.get()
    assert (lesson.teacher, lesson.members.count()) == (bob, 3)
    assert_order(tab_through_page(page), "Reschedule", "Cancel the lesson", "Edit")


def test_the_page_of_a_series_is_heard_in_its_order(open_page: Callable[..., Any], alice: User) -> None:
    said = tab_through_page(open_page(alice, "/courses/new/"))
    assert_order(said, "Title", "Teacher", "Starts", "Ends", "Mon")


def test_people_come_in_from_a_file(
    open_page: Callable[..., Any], alice: User, connected: Enterprise, tmp_path: Path
) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    page = open_page(alice, "/people/imports/new/")
    # From the start: asked for with the key, the browser may open a window of its own before it is told.
    page.on("filechooser", lambda chooser: chooser.set_files(sheet))
    tab_through_page(page)
    tab_to(page, "at.name === 'file'")
    page.keyboard.press("Space")
    expect(page.locator("[name=file]")).to_have_value(re.compile("people.csv$"))
    tab_to(page, "at.matches('main form .btn-primary')")
    page.keyboard.press("Enter")
    page.locator("[name=column_0]").wait_for()
    assert_order(tab_through_page(page), "user_id", "nickname", "role")
    tab_to(page, "at.matches('main form .btn-primary')")
    page.keyboard.press("Enter")
    page.locator("form[action$='/apply/']").wait_for()
    tab_through_page(page)
    tab_to(page, "at.closest('form')?.action.endsWith('/apply/') && at.matches('button')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#job-progress")
    expect(page.locator("#job-progress")).to_have_role("status")


def test_a_lesson_is_followed_on_the_wall(open_page: Callable[..., Any], alice: User, bob: User) -> None:
    kids = create_students(bob.enterprise, 3)
    lesson = create_running_lesson(bob, topic="Flamingos")
    add_members(lesson, *kids)
    record_poll(lesson, [bob, kids[0]])
    recompute_register(lesson)
    page = open_page(alice, "/live/")
    assert_order(tab_through_page(page), "Lesson or teacher", "all", "running", "need attention", "Flamingos")
    expect(page.locator("#wall-words")).to_have_attribute("aria-live", "polite")
    tab_to(page, "at.textContent === 'Flamingos'")
    with refreshed(page):
        page.evaluate(SEEN_AGAIN)
    assert page.evaluate("document.activeElement.textContent") == "Flamingos"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lessons/{lesson.pk}/")
    assert_order(tab_through_page(page), "Call")


def test_a_register_is_corrected_and_closed(open_page: Callable[..., Any], bob: User) -> None:
    kids = create_students(bob.enterprise, 3)
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, *kids[:2]])
    page = open_page(bob, f"/lessons/{lesson.pk}/attendance/")
    tab_through_page(page)
    row = Attendance.objects.get(lesson=lesson, user_id="kid3").pk
    tab_to(page, f"at.getAttribute('aria-controls') === 'drawer-{row}'")
    page.keyboard.press("Enter")
    expect(page.locator(f"#drawer-{row} .drawer")).to_be_visible()
    tab_to(page, "at.name === 'mark'")
    for _ in range(10):
        if page.evaluate("document.activeElement.value") == "excused":
            break
        page.keyboard.press("ArrowDown")
    tab_to(page, "at.name === 'reason'")
    page.keyboard.type("A note from home")
    page.keyboard.press("Enter")
    expect(page.locator("table.register tbody").filter(has_text="Kid3").first).to_contain_text("excused")
    tab_to(page, "at.matches(\"a[href$='/attendance/close/']\")")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attendance/close/")
    tab_through_page(page)
    tab_to(page, "at.matches('main form button[type=submit]')")
    page.keyboard.press("Enter")
    page.locator("#technical").wait_for()
    assert Register.objects.get().number == 1
    assert Attendance.objects.get(pk=row).mark == "excused"


def test_what_is_wrong_with_five_forms_is_heard_first_and_leads_to_its_field(
    open_page: Callable[..., Any], clicks: Clicks, live_server: Any, alice: User
) -> None:
    page = open_page(alice, "/")
    clicks.count(page)
    for path in ("/people/new/", "/groups/new/", "/lessons/new/", "/courses/new/", "/timetable/cover/new/"):
        page.goto(f"{live_server.url}{path}")
        leads_to_what_is_wrong(page)
    clicks.done("wrong input in five forms")


def leads_to_what_is_wrong(page: Any) -> None:
    """Send the form as it is: the summary of what is wrong has the focus, and one key leads on to a field."""
    button = page.locator("main form .btn-primary").last
    button.evaluate("(one) => { one.form.noValidate = true }")
    button.press("Enter")
    page.locator(".error-summary").wait_for()
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.locator(":focus")
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert any("field-error" in (page.locator(f"#{one}").get_attribute("class") or "") for one in described)
