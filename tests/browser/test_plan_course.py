"""A series is planned in a browser: by keyboard alone, by mouse, and read on a telephone."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, User
from classes.models import Course
from classes.timetable.courses.planning import plan_course
from tests.browser.page_checks import axe_violations
from tests.browser.timetable_pages import moment_of_next_week
from tests.classes.factories import create_planned_lesson, create_students
from tests.support.browser import collect_console_errors, in_turn
from tests.support.clicks import Clicks
from tests.support.waiting import wait_until

PLANNED = re.compile(r"/courses/\d+/$")
SIZES = {"desk": (1280, 900), "telephone": (390, 844)}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_form(
    live_server: Any, browser: Any, client: Any, settings: Any, alice: User, bob: User, school: Enterprise
) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """The form as Alice sees it, and what the browser complained about."""
    settings.REQUIRE_TWO_FACTOR = False
    create_students(school, 3, "Year 7")
    contexts = []

    def open_page(size: str = "desk", language: str = "en") -> tuple[Any, list[str]]:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        contexts.append(context)
        client.force_login(alice)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page, complaints = context.new_page(), []
        collect_console_errors(page, complaints)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/courses/new/")
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


def _shot(page: Any, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/series-{name}.png", full_page=True)


def _fill_in(page: Any, day: str = "2027-03-02") -> None:
    """Fill in title, teacher and time of a course from this day."""
    page.fill("[name=topic]", "Croquet")
    page.select_option("[name=teacher]", "bob")
    page.fill("[name=day]", day)
    page.fill("[name=start]", "19:00")
    page.fill("[name=end]", "20:30")


def _tab_to(page: Any, name: str, value: str = "") -> None:
    """Go on with the tab key until that control has the focus."""
    there = (
        "([name, value]) => document.activeElement.name === name"
        " && (!value || document.activeElement.value === value)"
    )
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(there, [name, value]):
            return
    raise AssertionError(f"The tab key does not lead to {name} {value}.")


def _planned() -> list[str]:
    course = Course.objects.get()
    return [f"{one.occurrence:%m-%d}" for one in course.lessons.order_by("starts_at")]


def test_by_keyboard_alone(open_form: Any) -> None:
    page, complaints = open_form()
    _tab_to(page, "topic")
    page.keyboard.type("Croquet")
    _tab_to(page, "teacher")
    page.keyboard.type("Bob")
    _tab_to(page, "day")
    page.keyboard.type("03022027")
    _tab_to(page, "start")
    page.keyboard.type("0700PM")
    _tab_to(page, "end")
    page.keyboard.type("0830PM")
    for day in ("TU", "TH"):
        _tab_to(page, "weekdays", day)
        page.keyboard.press("Space")
    _tab_to(page, "until")
    page.keyboard.type("03112027")
    _tab_to(page, "groups")
    page.keyboard.press("Space")
    page.wait_for_selector("text=every Tue and Thu 19:00–20:30 until 11 Mar 2027, 4 lessons")
    assert not complaints
    _tab_to(page, "conflict_reason")
    while not page.evaluate("document.activeElement.matches('form.column-main button.btn-primary')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(PLANNED)
    assert _planned() == ["03-02", "03-04", "03-09", "03-11"]
    assert Course.objects.get().lessons.first().members.count() == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("exists", [False, True])
def test_dates_are_moved_and_dropped_in_the_preview(
    open_form: Any, exists: bool, alice: User, bob: User, school: Enterprise
) -> None:
    page, complaints = open_form("telephone")
    if exists:
        rule = {
            "starts_local": datetime(2027, 3, 2, 19),
            "rrule": "FREQ=WEEKLY;COUNT=3",
            "make_up_skipped": True,
        }
        fields = {"title": "Croquet", "teacher": bob, "duration_minutes": 90, "groups": school.groups.all()}
        course = plan_course(by=alice, **fields, **rule)
        page.goto(page.url.replace("/new/", f"/{course.pk}/edit/"))
    else:
        _fill_in(page)
        page.fill("[name=count]", "3")
        page.press("[name=groups]", "Space")
    page.get_by_role("button", name="Change 2027-03-02").click()
    page.get_by_label("New day").fill("2027-03-03")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("button", name="Restore 2027-03-02")).to_be_focused()
    page.get_by_role("button", name="Change 2027-03-09").click()
    expect(page.get_by_label("New day")).to_be_focused()
    page.get_by_role("button", name="Drop", exact=True).click()
    expect(page.get_by_role("button", name="Restore 2027-03-09")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [*axe_violations(page), *complaints] == []
    page.click("form.column-main button.btn-primary")
    page.wait_for_url(PLANNED)
    lessons = Course.objects.get().lessons.filter(cancelled_at=None).order_by("starts_at")
    assert [f"{timezone.localtime(one.starts_at):%m-%d}" for one in lessons] == ["03-03", "03-16", "03-23"]


def test_a_click_in_the_preview_is_not_lost_while_changes_of_the_form_wait(
    open_form: Any, alice: User, bob: User
) -> None:
    page, _ = open_form()
    rule = {"starts_local": datetime(2027, 3, 2, 19), "rrule": "FREQ=WEEKLY;COUNT=3"}
    course = plan_course(by=alice, title="Croquet", teacher=bob, duration_minutes=90, **rule)
    requests = "document.querySelector('#plan')['htmx-internal-data']"
    with page.expect_request(lambda request: request.method == "POST"):
        page.goto(page.url.replace("/new/", f"/{course.pk}/edit/"))
    wait_until(lambda: page.evaluate(f"!{requests}.xhr"))
    page.get_by_role("button", name="Change 2027-03-02").click()
    expect(page.get_by_label("New day")).to_be_focused()
    expect(page.locator(".htmx-settling")).to_have_count(0)
    held: list[Any] = []
    page.route("**/edit/", lambda route: route.continue_() if held else held.append(route))
    page.fill("[name=topic]", "Cricket")
    page.press("[name=topic]", "Tab")
    wait_until(lambda: page.evaluate(f"Boolean({requests}.xhr)") and held)
    page.fill("[name=topic]", "Chess")
    page.press("[name=topic]", "Tab")
    wait_until(lambda: page.evaluate(f"Boolean({requests}.queuedRequests?.length)"))
    page.get_by_role("button", name="Drop", exact=True).click()
    expect(page.get_by_role("button", name="Restore 2027-03-02")).to_be_visible()


@pytest.mark.parametrize(("size", "language"), in_turn(1, [("desk", "en"), ("telephone", "zh-CN")]))
def test_by_mouse(open_form: Any, size: str, language: str) -> None:
    page, complaints = open_form(size, language)
    _fill_in(page)
    page.click("label:has([name=weekdays][value=TU])")
    page.click("label:has([name=weekdays][value=TH])")
    page.fill("[name=count]", "3")
    page.fill("[name=skip]", "2027-03-04")
    page.click("label.chip:has([name=groups])")
    page.wait_for_selector(".plan-dates s:has-text('2027-03-04')")
    _shot(page, f"{size}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("form.column-main button.btn-primary")
    page.wait_for_url(PLANNED)
    _shot(page, f"{size}-{language}-planned")
    assert _planned() == ["03-02", "03-09", "03-11"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not complaints


def test_ten_lessons_with_a_conflict_are_planned_with_few_clicks_and_their_dates_stay_in_sight(
    open_form: Any, clicks: Clicks, bob: User
) -> None:
    day = moment_of_next_week(19)
    create_planned_lesson(bob, topic="Tea", starts_at=day, ends_at=day + timedelta(hours=1))
    page, complaints = open_form()
    clicks.count(page)
    page.goto(page.url.replace("/courses/new/", "/timetable/"))
    page.get_by_role("link", name="Courses", exact=True).click()
    page.get_by_role("link", name="New course", exact=True).first.click()
    _fill_in(page, day.date().isoformat())
    page.fill("[name=count]", "10")
    page.press("[name=groups]", "Space")
    page.wait_for_selector("text=10 lessons")
    expect(page.locator("main")).to_contain_text("Tea")
    page.locator("[name=conflict_reason]").scroll_into_view_if_needed()
    page.fill("[name=conflict_reason]", "The tea is moved")
    box = page.locator(".plan-dates").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= SIZES["desk"][1]
    page.click("form.column-main button.btn-primary")
    page.wait_for_url(PLANNED)
    clicks.done("a course of ten lessons with a conflict")
    assert Course.objects.get().lessons.count() == 10
    assert not complaints
