"""The reports in a browser: how few clicks they take, and charts that fit a desk and a phone."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Attendance, Lesson, ReportSchedule
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import add_members, create_finished_lesson, create_students
from tests.support.browser import collect_console_errors

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
MARKS = ("present", "late", "absent", "excused")


@pytest.fixture
def weeks(school: Enterprise, bob: User) -> list[Lesson]:
    """Three weeks of a lesson a day with final marks of four students of Year 7."""
    kids = create_students(school, 4, "Year 7")
    lessons = []
    for days in range(1, 22):
        at = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), time(10)))
        end = at + timedelta(minutes=45)
        lesson = create_finished_lesson(
            bob, topic=f"Croquet {days}", starts_at=at, ends_at=end, real_started_at=at, real_ended_at=end
        )
        lesson.groups.add(StudentGroup.objects.get(name="Year 7"))
        add_members(lesson, *kids)
        Attendance.objects.bulk_create(
            Attendance(
                lesson=lesson,
                person=kid,
                user_id=kid.user_id,
                role=Role.STUDENT,
                provisional=False,
                mark=mark,
            )
            for kid, mark in zip(kids, MARKS[days % 4 :] + MARKS[: days % 4], strict=True)
        )
        lessons.append(lesson)
    return lessons


@pytest.fixture
def window(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """A page of Alice's school, in a window of a size."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts = []

    def open_page(reader: User, path: str = "/", size: str = "desk", scheme: str = "light") -> Any:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en", color_scheme=scheme
        )
        contexts.append(context)
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_students_term_is_two_clicks_from_today(window: Any, alice: User, weeks: list[Lesson]) -> None:
    page = window(alice)
    page.locator(".side a[href='/people/']").click()
    page.locator("tr", has_text="Kid2").get_by_role("link", name="Whole term").click()
    expect(page.locator("h1")).to_contain_text("Attendance of Kid2")
    expect(page.locator("#chart-rate svg.chart circle").first).to_be_visible()
    expect(page.locator("table.term .letter").first).to_be_visible()


def test_a_register_is_exported_in_two_clicks_from_today(
    window: Any, alice: User, weeks: list[Lesson]
) -> None:
    page = window(alice)
    page.locator(".side a[href='/reports/registers/']").click()
    with page.expect_download() as download:
        page.locator("tr", has_text="Croquet 3").last.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_report_by_e_mail_is_two_clicks_from_a_report(
    window: Any, alice: User, weeks: list[Lesson]
) -> None:
    alice.e_mail = "alice@wonderland.example"
    alice.save(update_fields=["e_mail"])
    page = window(alice, "/reports/school/")
    page.get_by_role("link", name="By e-mail").click()
    page.get_by_role("button", name="Send regularly").click()
    expect(page.locator("table.schedules tbody tr")).to_have_count(1)
    assert ReportSchedule.objects.get().person == alice


def test_a_range_acts_at_one_click(window: Any, alice: User, weeks: list[Lesson]) -> None:
    page = window(alice, "/reports/school/")
    page.get_by_role("link", name="Last week").click()
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)
    expect(page.locator("input[name=since]")).to_have_value(f"{monday}")
    expect(page.locator(".ranges [aria-current]")).to_have_text("Last week")


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_charts_fit_their_window_and_open_as_tables(
    window: Any, alice: User, weeks: list[Lesson], size: str, scheme: str
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    page = window(alice, "/reports/school/", size, scheme)
    forbidden: list[str] = []
    collect_console_errors(page, forbidden)
    for path, number in (("/reports/school/", 4), (f"/reports/group/?group={group.pk}", 2)):
        page.goto(page.url.split("/reports/")[0] + path)
        expect(page.locator("figure.chart-card")).to_have_count(number)
        assert horizontal_overflow(page, *SIZES[size]) == []
        assert axe_violations(page) == []
    table = page.locator("#chart-marks table")
    expect(table).to_be_hidden()
    page.locator("#chart-marks summary").focus()
    page.keyboard.press("Enter")
    expect(table).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#chart-rate table")).to_be_visible()
    assert forbidden == []
