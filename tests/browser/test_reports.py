"""The reports in a browser: how few clicks they take, charts that fit a desk and a phone, and paper.

A printed report says whose it is, for which days and by which filter, with nothing cut off.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from classes.attendance.grades.services import fix_grades
from classes.models import Attendance, Course, Lesson, ReportSchedule, Term
from classes.timetable.cover.services import enter_absence
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_students,
)
from tests.support.browser import collect_console_errors
from tests.support.cast import create_person
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
MARKS = ("present", "late", "absent", "excused")
LONG_NAME = "Maximiliana Featherstonehaugh"
LONG_TOPIC = "Croquet with flamingos, hedgehogs and the Queen of Hearts in the garden"
#: A4 on its side, at 96 dots an inch, without margins of 1 cm.
PAPER = {"width": 1047, "height": 718}
#: Words of tables that stand on two lines.
BROKEN_WORDS = """
() => [...document.querySelectorAll("main table :is(th, td), main .chart-sides li")].flatMap((cell) => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    for (const word of text.data.matchAll(/[A-Za-z]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      const upright = getComputedStyle(text.parentElement).writingMode !== "horizontal-tb";
      if (lines.size > 1 && !upright) found.push(word[0]);
    }
  }
  return found;
})
"""
#: Tables, charts and the head that end beyond the edge of the paper.
STICKING_OUT = """
() => [...document.querySelectorAll("main :is(table, svg.chart, .chart-rows, .print-head)")]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => `${one.getBoundingClientRect().right} ${one.textContent.trim().slice(0, 80)}`)
"""
#: Topics of a matrix of which a part is not shown.
CUT_TOPICS = """
() => [...document.querySelectorAll(".matrix-topic")].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  const text = range.getBoundingClientRect(), head = one.closest("th").getBoundingClientRect();
  return text.top < head.top - 1 || text.bottom > head.bottom + 1 || text.right > head.right + 1;
}).map((one) => one.textContent)
"""
#: Options that are wider than the select that shows them.
CUT_OPTIONS = """
() => [...document.querySelectorAll("main select")].filter((one) => {
  const style = getComputedStyle(one), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return [...one.options].some((option) => pen.measureText(option.text).width > room);
}).map((one) => one.name)
"""
REPORTS = {
    "/reports/school/?grade={grade}": "Grade: Grade 7",
    "/reports/school/groups/": "",
    "/reports/group/?group={group}": "Group: Year 7",
    "/reports/absences/?least=1": "Minimum in a row: 1",
    "/reports/registers/": "",
    "/reports/teachers/": "",
    "/reports/usage/?split=week": "Totals: by week",
    "/reports/matrix/?group={group}": "Group: Year 7",
    "/reports/matrix/students/{kid}/": "",
    "/reports/grades/?course={course}": "Course: Chess",
    "/reports/grades/revisions/{revision}/": "",
    "/people/{kid}/attendance/": "",
    "/lessons/{lesson}/attendance/?as=table": "",
}


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


@pytest.fixture
def keys(school: Enterprise, alice: User, bob: User, weeks: list[Lesson]) -> dict[str, int]:
    """What the reports are about: a student with a long name, and a course whose grades are fixed."""
    kid, group = User.objects.get(user_id="kid2"), StudentGroup.objects.get(name="Year 7")
    kid.nickname = LONG_NAME
    kid.save(update_fields=["nickname"])
    group.grade = Grade.objects.create(enterprise=school, name="Grade 7", position=1)
    group.save(update_fields=["grade"])
    today = timezone.localdate()
    days = {"starts_on": today - timedelta(days=30), "ends_on": today - timedelta(days=1)}
    term = Term.objects.create(enterprise=school, name="Autumn", **days)
    course = Course.objects.create(
        enterprise=school,
        title="Chess",
        teacher=bob,
        term=term,
        starts_local=datetime.combine(days["starts_on"], time(10)),
        duration_minutes=45,
    )
    Lesson.objects.update(course=course)
    Lesson.objects.filter(pk=weeks[0].pk).update(topic=LONG_TOPIC)
    revision = fix_grades(course=course, term=term, by=alice, anyway=True)
    rows = {"kid": kid, "group": group, "grade": group.grade, "lesson": weeks[0], "course": course}
    return {name: row.pk for name, row in (rows | {"revision": revision}).items()}


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


def test_a_report_is_seen_printed_downloaded_and_sent_by_e_mail_with_few_clicks(
    window: Any, clicks: Clicks, alice: User, weeks: list[Lesson]
) -> None:
    alice.e_mail = "alice@wonderland.example"
    alice.save(update_fields=["e_mail"])
    page = window(alice, "/")
    clicks.count(page)
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = 'yes' }")
    page.goto(f"{page.url}reports/school/")
    expect(page.locator("#chart-rate svg.chart circle").first).to_be_visible()
    page.get_by_role("button", name="Print").click()
    expect(page.locator("html[data-printed]")).to_be_attached()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="By e-mail").click()
    page.get_by_role("button", name="Send regularly").click()
    expect(page.locator("table.schedules tbody tr")).to_have_count(1)
    clicks.done("a report as picture, print, Excel and mail")
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


@pytest.mark.parametrize(("path", "chosen"), REPORTS.items())
def test_a_printed_report_says_whose_it_is_and_fits_the_paper(
    window: Callable[..., Any], alice: User, school: Enterprise, keys: dict[str, int], path: str, chosen: str
) -> None:
    page = window(alice, path.format(**keys))
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    head = page.locator(".print-head")
    expect(head).to_be_visible()
    expect(head).to_contain_text(school.name)
    expect(head).to_contain_text(chosen)
    expect(page.locator("main")).to_contain_text(str(timezone.localdate().year))
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(BROKEN_WORDS) == []
    assert page.evaluate(CUT_TOPICS) == []
    page.emulate_media(media="screen")
    expect(head).to_be_hidden()


def test_the_map_of_groups_is_whole_at_a_desk(
    window: Callable[..., Any], alice: User, weeks: list[Lesson]
) -> None:
    page = window(alice, "/reports/school/groups/")
    frame = page.locator(".chart-frame")
    expect(frame).to_be_visible()
    assert frame.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0
    texts = page.locator(".heat-text").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect())")
    assert all(one["right"] <= other["left"] + 1 for one, other in pairwise(texts))


def test_names_and_choices_are_whole_at_a_desk(
    window: Callable[..., Any], school: Enterprise, alice: User, bob: User
) -> None:
    for number in range(3):
        person = create_person(school, f"teacher{number}", Role.TEACHER)
        person.nickname = f"{LONG_NAME} {number}"
        person.save(update_fields=["nickname"])
    lesson = create_planned_lesson(bob)
    absence = enter_absence(
        teacher=bob, begins_at=lesson.starts_at, ends_at=lesson.ends_at, kind="sick", by=alice
    )
    page = window(alice, f"/timetable/cover/{absence.pk}/")
    expect(page.locator("select[name^=teacher_]")).to_be_visible()
    assert page.evaluate(CUT_OPTIONS) == []
    for path in ("/people/", "/lessons/"):
        page.goto(page.url.split("/timetable/")[0].split("/people/")[0] + path)
        expect(page.locator("main tbody tr").first).to_be_visible()
        assert page.evaluate(BROKEN_WORDS) == []
