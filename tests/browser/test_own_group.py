"""A teacher in charge on a telephone, in Chinese: who of the group is missing, in one tap from Today."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect as expects

from accounts.models import Enterprise, StudentGroup, StudentNote, TeacherInCharge, User
from classes.attendance.leave import request_leave
from classes.attendance.register import recompute_register
from classes.models import Leave, Lesson
from classes.pages.own_group import REFRESH_S
from tests.browser.page_checks import check_page
from tests.classes.factories import create_lesson_of_few, create_students, record_poll
from tests.support.charges import put_in_charge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(school: Enterprise, bob: User, tom: User) -> Lesson:
    """Bob teaches Year 7, of which Tom is in charge; of three students only the first is in the room."""
    kids = create_students(school, 3, "七年级一班")
    put_in_charge(StudentGroup.objects.get(), tom)
    return create_lesson_of_few(bob, kids[:1], kids[1:], "分数的加减")


def test_one_tap_shows_who_is_missing_and_leave_is_approved_there(
    window: Callable[..., Any], lesson: Lesson, tom: User
) -> None:
    kid = User.objects.get(user_id="kid1")
    now = timezone.now()
    period = (now + timedelta(days=1), now + timedelta(days=2))
    request_leave(person=kid, periods=[period], kind="sick", reason="发烧", by=kid)
    page = window(tom, "telephone", "zh-CN")
    page.goto(page.base)
    check_page(page, "own-group-today")
    page.get_by_role("link", name="七年级一班现在有 2 人未到").click()  # the one tap
    now_part = page.locator("#own-group-now")
    expects(now_part.get_by_role("link", name="Kid2")).to_be_visible()
    expects(now_part.get_by_role("link", name="Kid3")).to_be_visible()
    expects(now_part.get_by_role("link", name="Kid1")).to_have_count(0)
    expects(now_part.get_by_text("分数的加减 · Bob").first).to_be_visible()
    check_page(page, "own-group-group")

    page.get_by_role("button", name="批准 Kid1").click()
    expects(page.get_by_text("已批准请假，期间缺勤记为请假。")).to_be_visible()
    expects(page.get_by_text("没有待答复的请假申请。")).to_be_visible()
    assert Leave.objects.get().state == "approved"

    page.get_by_role("link", name="填写备注 Kid2").click()
    page.get_by_label("备注").fill("家长已联系")
    check_page(page, "own-group-note")
    page.get_by_role("button", name="保存").click()
    expects(page.get_by_text("家长已联系")).to_be_visible()
    check_page(page, "own-group-student")
    assert StudentNote.objects.get().by == tom


def test_the_list_of_the_missing_refreshes_itself(
    window: Callable[..., Any], lesson: Lesson, tom: User
) -> None:
    page = window(tom, "telephone", "zh-CN")
    page.clock.install()
    page.goto(f"{page.base}/groups/mine/")
    now_part = page.locator("#own-group-now")
    expects(now_part.get_by_role("link", name="Kid2")).to_be_visible()
    record_poll(lesson, User.objects.filter(user_id__startswith="kid"))
    recompute_register(lesson)
    page.clock.fast_forward(REFRESH_S * 1000)
    expects(now_part.get_by_text("没有人未到。")).to_be_visible()


def test_an_administrator_enters_a_deputy_with_days(
    window: Callable[..., Any], lesson: Lesson, alice: User, bob: User
) -> None:
    page = window(alice, "desk", "zh-CN")
    page.goto(f"{page.base}/groups/{StudentGroup.objects.get().pk}/edit/")
    check_page(page, "own-group-form-of-group", 1280)
    page.get_by_role("link", name="日期和代理班主任").click()
    page.get_by_role("link", name="添加班主任或代理班主任").click()
    page.locator("[name=teacher]").select_option(label="Bob (bob)")
    page.get_by_text("代理班主任", exact=True).click()
    page.locator("[name=ends_on]").fill("2099-01-31")
    check_page(page, "own-group-form-of-deputy", 1280)
    page.get_by_role("button", name="保存").click()
    expects(page.get_by_role("cell", name="2099-01-31")).to_be_visible()
    check_page(page, "own-group-teachers", 1280)
    assert TeacherInCharge.objects.get(teacher=bob).kind == "deputy"
