"""A head of grade on a telephone, in Chinese: who of the grade is missing, in one tap from Today."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect as expects

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from classes.attendance.register import recompute_register
from classes.models import Lesson
from tests.browser.page_checks import check_page
from tests.classes.factories import create_lesson_of_few, create_students, record_poll
from tests.support.browser import in_turn
from tests.support.cast import create_person
from tests.support.charges import put_in_charge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hal(school: Enterprise) -> User:
    return create_person(school, "hal", Role.TEACHER)


@pytest.fixture
def lesson(school: Enterprise, bob: User, hal: User) -> Lesson:
    """Bob teaches a group of the grade that Hal heads; of three students only the first is in the room."""
    kids = create_students(school, 3, "初一（1）班")
    StudentGroup.objects.create(enterprise=school, name="初一（2）班")
    grade = Grade.objects.create(enterprise=school, name="初一", position=1)
    StudentGroup.objects.update(grade=grade)
    put_in_charge(grade, hal)
    return create_lesson_of_few(bob, kids[:1], kids[1:], "分数的加减")


def test_one_tap_shows_who_of_the_grade_is_missing(
    window: Callable[..., Any], lesson: Lesson, hal: User
) -> None:
    page = window(hal, "telephone", "zh-CN")
    page.goto(page.base)
    check_page(page, "own-grade-today")
    page.get_by_role("link", name="初一现在有 2 人未到").click()  # the one tap
    now_part = page.locator("#own-grade-now")
    for name in ("Kid2", "Kid3"):
        expects(now_part.get_by_role("link", name=name)).to_be_visible()
    expects(now_part.get_by_role("link", name="Kid1")).to_have_count(0)
    expects(now_part.get_by_text("分数的加减 · Bob").first).to_be_visible()
    check_page(page, "own-grade-grade")
    now_part.get_by_role("link", name="初一（1）班").click()
    expects(page.locator("#own-group-now").get_by_role("link", name="Kid2")).to_be_visible()
    check_page(page, "own-grade-group")
    record_poll(lesson, User.objects.filter(user_id__startswith="kid"))
    recompute_register(lesson)
    page.get_by_role("link", name="初一", exact=True).click()
    expects(now_part.get_by_text("没有人未到。")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize(("device", "width"), in_turn(0, [("desk", 1280), ("telephone", 390)]))
def test_an_administrator_adds_grades_with_the_keyboard_and_enters_a_head(
    window: Callable[..., Any], alice: User, bob: User, device: str, width: int
) -> None:
    page = window(alice, device, "zh-CN")
    page.goto(f"{page.base}/grades/")
    check_page(page, f"own-grade-empty-{device}", width)
    page.get_by_role("button", name="初中", exact=True).click()
    expects(page.get_by_text("已添加 3 个年级。")).to_be_visible()
    down = page.get_by_role("button", name="下移 初一")
    down.focus()
    page.keyboard.press("Enter")
    expects(page.locator("tbody th")).to_have_text(["初二", "初一", "初三"])
    check_page(page, f"own-grade-grades-{device}", width)
    page.get_by_role("link", name="年级主任 初一").click()
    page.get_by_role("link", name="添加年级主任或代理年级主任").click()
    page.locator("[name=teacher]").select_option(label="Bob (bob)")
    check_page(page, f"own-grade-form-{device}", width)
    page.get_by_role("button", name="保存").click()
    expects(page.get_by_role("rowheader", name="Bob")).to_be_visible()
    check_page(page, f"own-grade-heads-{device}", width)
    assert Grade.objects.get(name="初一").charges.get().teacher == bob
