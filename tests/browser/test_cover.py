"""A teacher is absent: a school plans the cover of the day on a phone, in Chinese, in few clicks."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, expect

from accounts.models import Enterprise, Role, User
from classes.models import Cover, Lesson
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import create_planned_lesson
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


class Office:
    """The window of an administrator."""

    def __init__(self, browser: Any, client: Client, url: str, who: User, size: str) -> None:
        self.width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": self.width, "height": height}, locale="zh-CN")
        client.force_login(who)
        self.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.complaints: list[str] = []
        collect_console_errors(self.page, self.complaints)

    def click(self, place: Locator) -> None:
        place.click()
        self.page.wait_for_load_state()

    def check(self) -> None:
        assert horizontal_overflow(self.page, self.width) == []
        assert axe_violations(self.page) == []
        assert self.complaints == []


@pytest.mark.parametrize("size", in_turn(1, SIZES))
def test_the_cover_of_a_day_is_planned_in_five_clicks_from_its_list(
    browser: Any,
    clicks: Clicks,
    client: Client,
    live_server: Any,
    settings: Any,
    school: Enterprise,
    alice: User,
    bob: User,
    size: str,
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    chen = create_person(school, "chen", Role.TEACHER)
    for name in ("dora", "tom"):
        create_person(school, name, Role.TEACHER)
    tomorrow = timezone.localdate(timezone=school.tz) + timedelta(days=1)
    begins = timezone.make_aware(datetime.combine(tomorrow, time.min), school.tz)
    for hour in (8, 9, 10, 11):
        at = begins + timedelta(hours=hour)
        create_planned_lesson(chen, starts_at=at, ends_at=at + timedelta(minutes=45))
    running = create_planned_lesson(
        chen, starts_at=begins + timedelta(hours=7), ends_at=begins + timedelta(hours=8), status="ing"
    )
    office = Office(browser, client, live_server.url, alice, size)
    page = office.page
    page.goto(f"{live_server.url}/")
    office.click(page.locator("a[href='/timetable/']:visible").first)
    office.click(page.locator("a[href='/timetable/cover/']:visible").first)
    expect(page.locator("main")).to_contain_text("没有教师请假")
    office.check()
    clicks.count(page)
    office.click(page.locator("a[href='/timetable/cover/new/']:visible").first)
    page.locator("[name=teacher]").select_option("chen")
    page.locator("[name=day]").fill(tomorrow.isoformat())
    office.check()
    office.click(page.locator("main form button[type=submit]"))
    expect(page.locator(f"#lesson-{running.pk}")).to_contain_text("进行中")
    expect(page.locator(f"#lesson-{running.pk} button")).to_have_count(0)
    office.check()
    office.click(page.locator("button[name=all]"))
    expect(page.locator(".cover-by .tag-ok")).to_have_count(4)
    office.check()
    clicks.done("a day of cover, from its list")
    assert Lesson.objects.filter(teacher=chen).get() == running
    shares = [Cover.objects.filter(covering__user_id=name).count() for name in ("bob", "dora", "tom")]
    assert sorted(shares) == [1, 1, 2]
    page.goto(f"{live_server.url}/timetable/cover/")
    expect(page.locator("tbody")).to_contain_text("4 节已安排代课")
    office.check()
    office.context.close()
