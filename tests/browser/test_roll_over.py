"""The end of a school year, on a phone in Chinese: start, rename a group, confirm, see the groups, undo."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from classes.models import Course, Term
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
WIDTH, HEIGHT = 390, 844


def fill(school: Enterprise, bob: User) -> None:
    """Three grades with a group each, and a course of the term that ends."""
    today = timezone.localdate(timezone=school.tz)
    spring = Term.objects.create(
        enterprise=school, name="春季学期", starts_on=today - timedelta(30), ends_on=today + timedelta(30)
    )
    Term.objects.create(
        enterprise=school, name="秋季学期", starts_on=today + timedelta(60), ends_on=today + timedelta(120)
    )
    for place, name in enumerate(("初一", "初二", "初三")):
        grade = Grade.objects.create(enterprise=school, name=name, position=place)
        group = StudentGroup.objects.create(enterprise=school, name=f"{name}(1)班", grade=grade)
        group.students.set([create_person(school, f"kid{place}", Role.STUDENT)])
    course = Course.objects.create(
        enterprise=school,
        title="初一(1)班数学",
        teacher=bob,
        term=spring,
        starts_local=datetime.combine(today, time(9)),
        duration_minutes=45,
        rrule="FREQ=WEEKLY;COUNT=3",
    )
    course.groups.set(StudentGroup.objects.filter(name="初一(1)班"))


@pytest.mark.parametrize("width", in_turn(0, [WIDTH, 1280]))
def test_a_year_is_rolled_over_and_back(
    browser: Any,
    client: Client,
    live_server: Any,
    settings: Any,
    school: Enterprise,
    alice: User,
    bob: User,
    width: int,
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    fill(school, bob)
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="zh-CN")
    client.force_login(alice)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    collect_console_errors(page, complaints)

    def check() -> None:
        assert horizontal_overflow(page, width) == []
        assert axe_violations(page) == []
        assert complaints == []

    page.goto(f"{live_server.url}/year/")
    page.get_by_role("link", name="学年升级").click()
    expect(page.locator("main")).to_contain_text("还没有学年升级")
    page.get_by_role("link", name="开始学年升级").first.click()
    expect(page.locator("h1")).to_contain_text("学年升级")
    check()
    page.get_by_role("button", name="查看预览").click()
    first = StudentGroup.objects.get(name="初一(1)班")
    name = page.locator(f"[name=name_{first.pk}]")
    expect(name).to_have_value("初二(1)班")
    check()
    name.fill("初二(2)班")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator("main")).to_contain_text("1 名学生只在要归档的班级中")
    check()
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator("main")).to_contain_text("初一(1)班数学")
    check()
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator(".roll-over-bar")).to_contain_text("2 个班级升级")
    check()
    page.get_by_role("button", name="确认学年升级").click()
    expect(page.locator(".roll-over-bar")).to_contain_text("已执行")
    check()
    names = set(StudentGroup.objects.filter(archived_at=None).values_list("name", flat=True))
    assert names == {"初二(2)班", "初三(1)班"}
    assert User.objects.get(user_id="kid2").is_active is False
    page.locator("main").get_by_role("link", name="班级", exact=True).last.click()
    expect(page.locator("#results")).to_contain_text("初二(2)班")
    page.get_by_role("link", name="学年升级").click()
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="撤销").click()
    expect(page.locator("h1")).to_contain_text("撤销此次学年升级")
    check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".roll-over-bar")).to_contain_text("已撤销")
    check()
    first.refresh_from_db()
    assert (first.name, Course.objects.count()) == ("初一(1)班", 1)
    assert User.objects.get(user_id="kid2").is_active is True
    context.close()
