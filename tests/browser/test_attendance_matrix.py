"""The attendance matrix on a phone in Chinese: from the course to the trends of a student."""

import os
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Attendance, Course, Lesson
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.browser.timetable_pages import SIZES
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_students,
)
from tests.support.browser import collect_console_errors, in_turn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKS = ("present", "late", "absent", "excused", "present", "left_early", "unknown")
#: Where each cell of the first column stands, once the frame is scrolled to its end.
STUCK = """
() => {
  const frame = document.querySelector(".matrix-frame"), box = frame.getBoundingClientRect();
  frame.scrollTo(9999, 9999);
  const name = frame.querySelector("tbody tr:last-child th").getBoundingClientRect();
  const head = frame.querySelector("thead th").getBoundingClientRect();
  return [name.left - box.left, head.top - box.top].map(Math.round);
}
"""


@pytest.fixture
def course(school: Enterprise, bob: User) -> Course:
    """Twenty-four lessons of Bob's with final marks of 24 students, one provisional, one planned."""
    kids = create_students(school, 24, "Year 7")
    course = Course.objects.create(
        enterprise=school,
        title="Croquet for beginners",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    for number in range(24, 0, -1):
        at = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=number), time(10)))
        end = at + timedelta(minutes=45)
        lesson = create_finished_lesson(
            bob, topic=f"Hoop {25 - number}", course=course, starts_at=at, ends_at=end
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
                mark=MARKS[(number * 3 + place) % len(MARKS)],
            )
            for place, kid in enumerate(kids)
        )
    Lesson.objects.filter(topic="Hoop 24").update(final_at=None)
    add_members(create_planned_lesson(bob, topic="Hoop 25", course=course), *kids)
    return course


def shoot(page: Any, name: str) -> None:
    """Keep a picture where MATRIX_SHOTS names a folder."""
    if folder := os.environ.get("MATRIX_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "language"), in_turn(0, [("telephone", "zh-CN"), ("desk", "en")]))
def test_a_teacher_goes_from_a_course_to_the_trends_of_a_student(
    window: Callable[..., Any], bob: User, course: Course, size: str, language: str
) -> None:
    page, complaints = window(bob, size, language), list[str]()
    collect_console_errors(page, complaints)
    words = {
        "matrix": ("考勤总表", "Attendance matrix"),
        "earlier": ("更早的课", "Earlier lessons"),
        "filters": ("筛选", "Filters"),
        "absent": ("仅看有缺勤的", "Only with absences"),
        "provisional": ("暂定", "provisional"),
        "weeks": ("按周统计", "By week"),
    }
    said = {name: pair[language == "en"] for name, pair in words.items()}
    page.goto(f"{page.base}/courses/{course.pk}/")
    page.locator("main").get_by_role("link", name=said["matrix"]).click()
    table = page.locator("table.matrix")
    expect(table.locator("tbody tr")).to_have_count(24)
    expect(table.locator("thead")).to_contain_text(said["provisional"])
    page.wait_for_load_state()  # the rows may be there before the style sheet of reports
    shoot(page, f"matrix-{size}-{language}")
    assert page.evaluate(STUCK)[:2] == [1, 1], "the name and the head stay where they are"
    shoot(page, f"matrix-scrolled-{size}-{language}")
    assert horizontal_overflow(page, *SIZES[size]) == []
    assert axe_violations(page) == []
    page.emulate_media(media="print")
    shoot(page, f"print-{size}-{language}")
    page.emulate_media(media="screen")
    expect(page.locator("#chart-rate svg.chart circle").first).to_be_visible()
    page.get_by_role("link", name=said["earlier"]).click()
    expect(table.locator("thead")).to_contain_text("Hoop 1")
    if size == "telephone":
        page.get_by_role("button", name=said["filters"]).click()
    page.get_by_label(said["absent"]).check()
    expect(page.locator("input[name=absent]")).to_be_checked()
    page.locator("input[name=name]").fill("kid3")
    page.keyboard.press("Enter")
    expect(table.locator("tbody tr")).to_have_count(1)
    table.get_by_role("link", name="Kid3").click()
    expect(page.get_by_role("heading", name=said["weeks"])).to_be_visible()
    expect(page.locator("#chart-rate svg.chart circle").first).to_be_visible()
    shoot(page, f"student-{size}-{language}")
    assert horizontal_overflow(page, *SIZES[size]) == []
    assert axe_violations(page) == []
    assert complaints == []


def test_what_is_typed_while_a_filter_is_on_its_way_stays_and_counts(
    window: Callable[..., Any], bob: User, course: Course
) -> None:
    page = window(bob, "desk", "en")
    page.goto(f"{page.base}/reports/matrix/?course={course.pk}")
    held: list[Any] = []
    page.route("**/reports/matrix/?*absent=on*", lambda route: held.append(route), times=1)
    with page.expect_request("**/reports/matrix/?*absent=on*"):
        page.get_by_label("Only with absences").check()
    name = page.locator("input[name=name]")
    name.press_sequentially("kid3")
    with page.expect_response("**/reports/matrix/?*name=kid3*"):
        held[0].continue_()
    expect(page.locator("table.matrix tbody tr")).to_have_count(1)
    expect(name).to_be_focused()
    expect(name).to_have_value("kid3")


def test_without_a_course_the_page_offers_one_click_to_each(
    window: Callable[..., Any], bob: User, course: Course
) -> None:
    page = window(bob, "telephone", "zh-CN", "dark")
    page.goto(f"{page.base}/reports/matrix/")
    expect(page.get_by_role("heading", name="请选择课程或班级")).to_be_visible()
    shoot(page, "empty")
    assert axe_violations(page) == []
    page.get_by_role("link", name="Croquet for beginners").click()
    expect(page.locator("table.matrix tbody tr")).to_have_count(24)
    shoot(page, "dark")
    assert horizontal_overflow(page, *SIZES["telephone"]) == []
    assert axe_violations(page) == []
