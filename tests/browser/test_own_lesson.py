"""A school lets its teachers schedule; a teacher then adds a lesson on a phone, in Chinese."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Lesson, Member
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.support.browser import collect_console_errors
from tests.support.cast import create_person
from tests.support.charges import put_in_charge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PHONE = 390


def check(page: Any) -> None:
    assert horizontal_overflow(page, PHONE) == []
    assert axe_violations(page) == []


def test_a_teacher_schedules_an_own_lesson_once_the_switch_is_on(
    window: Callable[..., Any], school: Enterprise, alice: User, bob: User
) -> None:
    hatters = StudentGroup.objects.create(enterprise=school, name="Hatters")
    put_in_charge(hatters, bob)
    hatters.students.add(create_person(school, "dina", Role.STUDENT))
    create_person(school, "tom", Role.TEACHER)
    complaints: list[str] = []

    office = window(alice, "telephone", "zh-CN")
    collect_console_errors(office, complaints)
    office.goto(f"{office.base}/rights/")
    check(office)
    office.locator("a[href='/rights/change/']").click()
    office.locator("[name=teachers_schedule]").check()
    check(office)
    office.locator("main form button[type=submit]").click()
    expect(office.locator("#changes")).to_contain_text("教师安排自己的课堂")
    check(office)
    office.get_by_role("button", name="确认更改权限").click()
    office.wait_for_url("**/rights/")
    expect(office.locator("main")).to_contain_text("已调整")

    phone = window(bob, "telephone", "zh-CN")
    collect_console_errors(phone, complaints)
    phone.goto(f"{phone.base}/timetable/")
    phone.locator("a[href^='/lessons/new/']").first.click()
    expect(phone.locator("[name=teacher]")).to_have_value("bob")
    assert phone.locator("[name=teacher] option").count() == 1
    phone.locator("[name=topic]").fill("国际象棋")
    phone.locator("[name=day]").fill((timezone.localdate() + timedelta(days=1)).isoformat())
    phone.locator("[name=start]").fill("19:00")
    phone.locator("[name=end]").fill("19:45")
    phone.locator(f"[name=groups][value='{hatters.pk}']").check()
    expect(phone.locator("[name=students][value=dina]")).to_be_checked()
    check(phone)
    phone.locator("main form button[type=submit]").last.click()
    expect(phone.locator("main")).to_contain_text("国际象棋")
    expect(phone.locator("a[href$='/edit/']").first).to_be_visible()
    check(phone)
    lesson = Lesson.objects.get()
    assert (lesson.teacher, lesson.topic) == (bob, "国际象棋")
    assert list(Member.objects.values_list("user__user_id", "via")) == [("dina", hatters.pk)]
    assert complaints == []
