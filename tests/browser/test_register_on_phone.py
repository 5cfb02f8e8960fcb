"""A teacher closes a register on a telephone, in Chinese, with few taps and without technical words."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, User
from classes.models import Attendance, Lesson, Register
from tests.browser.page_checks import check_page
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_students,
    record_full_presence,
    record_poll,
)
from tests.support.browser import collect_console_errors
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Of the service and its devices, and of the file of a register.
TECHNICAL = re.compile(r"JSON|SHA|摘要|设备|摄像头|麦克风|[0-9a-f]{32}")


@pytest.fixture
def registers(school: Enterprise, bob: User, settings: Any, live_server: Any) -> list[Lesson]:
    """Two lessons with three students each, of whom the third was not there."""
    settings.PUBLIC_URL = live_server.url
    settings.REQUIRE_TWO_FACTOR = False
    kids = create_students(school, 3)
    lessons = []
    for topic in ("槌球", "茶会"):
        lesson = create_finished_lesson(bob, topic=topic)
        add_members(lesson, *kids)
        assert lesson.real_started_at is not None
        record_poll(lesson, kids[:1], lesson.real_started_at, camera=1, mic=0)
        record_full_presence(lesson, [bob, *kids[:2]])
        lessons.append(lesson)
    return lessons


def test_a_register_is_opened_corrected_and_closed_with_six_taps_and_the_next_is_offered(
    browser: Any, clicks: Clicks, client: Any, live_server: Any, bob: User, registers: list[Lesson]
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True, reduced_motion="reduce"
    )
    client.force_login(bob)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    collect_console_errors(page, complaints)
    clicks.count(page)

    def shows_nothing_technical() -> None:
        assert not TECHNICAL.search(page.locator("main").inner_text())

    croquet, tea = registers
    page.goto(live_server.url)
    page.locator(".need-rows a", has_text="槌球").tap()
    page.wait_for_url(f"**/lessons/{croquet.pk}/attendance/")
    shows_nothing_technical()
    kid = page.locator("table.register tbody", has_text="Kid3")
    kid.locator("[data-drawer]").tap()
    drawer = kid.locator(".drawer")
    expect(drawer).to_be_visible()
    shows_nothing_technical()
    check_page(page, "register-drawer-phone")
    drawer.locator("label", has_text="请假").tap()
    assert page.evaluate("document.activeElement.name") == "reason", "one types on"
    page.keyboard.type("家长来电")
    drawer.get_by_role("button", name="更正").tap()
    expect(kid).to_contain_text("请假")
    page.locator("a[href$='/attendance/close/']").tap()
    page.wait_for_url("**/attendance/close/")
    words = page.locator("main").inner_text()
    assert "“槌球”" in words
    assert "请假 1 人、出勤 2 人" in words
    shows_nothing_technical()
    check_page(page, "register-close-phone")
    page.locator("main form button[type=submit]").tap()
    message = page.locator(".flash-success")
    expect(message).to_contain_text("“槌球”")
    expect(message).to_contain_text("请假 1 人、出勤 2 人")
    shows_nothing_technical()
    check_page(page, "register-closed-phone")
    clicks.done("close a register on a phone with one correction")
    assert Register.objects.get().lesson == croquet
    assert Attendance.objects.get(lesson=croquet, user_id="kid3").mark == "excused"

    message.get_by_role("link", name="下一张考勤表").tap()
    page.wait_for_url(f"**/lessons/{tea.pk}/attendance/")
    page.go_back()
    page.locator("#technical summary").tap()
    expect(page.locator(".digest")).to_be_visible()
    expect(page.locator("#technical a", has_text="JSON")).to_be_visible()
    assert complaints == []
    context.close()
