"""Leave on a telephone, in Chinese: a student asks, the teacher in charge approves, the register shows it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect as expects

from accounts.models import Enterprise, StudentGroup, User
from classes.models import Leave, Lesson
from tests.browser.page_checks import check_page
from tests.classes.factories import add_members, create_planned_lesson, create_students
from tests.support.charges import replace_in_charge
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(school: Enterprise, bob: User) -> Lesson:
    """Tomorrow, with three students of Year 7, of which Bob is in charge."""
    lesson = create_planned_lesson(bob, timedelta(days=1), topic="Croquet")
    kids = create_students(school, 3, "Year 7")
    add_members(lesson, *kids)
    replace_in_charge(StudentGroup.objects.filter(name="Year 7"), bob)
    return lesson


def test_a_student_asks_on_a_telephone_and_the_register_shows_it(
    window: Callable[..., Any], clicks: Clicks, lesson: Lesson, bob: User
) -> None:
    kid = User.objects.get(user_id="kid1")
    student = window(kid, "telephone", "zh-CN")
    clicks.count(student)
    student.goto(f"{student.base}/people/{kid.pk}/attendance/")
    student.get_by_role("link", name="申请请假").click()
    check_page(student, "leave-form", is_crawled=True)
    student.locator("[name=lessons]").check()
    student.get_by_text("病假").click()
    student.locator("[name=reason]").fill("发烧，要去医院")
    student.get_by_role("button", name="提交申请").click()
    expects(student.get_by_text("有结果后会通知您")).to_be_visible()
    check_page(student, "leave-own-list", is_crawled=True)
    leave = Leave.objects.get()
    assert (leave.state, leave.kind, leave.begins_at) == ("requested", "sick", lesson.starts_at)

    teacher = window(bob, "telephone", "zh-CN")
    teacher.goto(f"{teacher.base}/lessons/{lesson.pk}/attendance/")
    expects(teacher.get_by_text("请假待批")).to_be_visible()
    check_page(teacher, "leave-register-requested")
    teacher.goto(f"{teacher.base}/leave/")
    teacher.get_by_role("link", name="有 1 个请假申请待审批").click()
    check_page(teacher, "leave-list", is_crawled=True)
    teacher.get_by_role("link", name="Kid1").click()
    check_page(teacher, "leave-request", is_crawled=True)
    teacher = window(bob, "telephone", "zh-CN")
    clicks.count(teacher)
    teacher.goto(f"{teacher.base}/")
    teacher.get_by_role("button", name="批准 Kid1").click()
    expects(teacher.get_by_text("已批准请假，期间缺勤记为请假。")).to_be_visible()
    check_page(teacher, "leave-approved")
    teacher.goto(f"{teacher.base}/leave/calendar/?month={timezone.localdate(lesson.starts_at):%Y-%m}")
    expects(teacher.get_by_role("link", name="Kid1").first).to_be_visible()
    check_page(teacher, "leave-calendar", is_crawled=True)
    teacher.goto(f"{teacher.base}/lessons/{lesson.pk}/attendance/")
    expects(teacher.get_by_text("已请假")).to_be_visible()
    clicks.done("leave from request to register")
    check_page(teacher, "leave-register-approved", is_crawled=True)

    student = window(kid, "telephone", "zh-CN")
    student.goto(f"{student.base}/leave/")
    expects(student.locator("td .tag", has_text="已批准")).to_be_visible()
