"""The warning before a session ends, in a browser whose clock is moved."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from tests.support.browser import in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/account/"


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/session-{name}.png")


@pytest.mark.parametrize(("size", "language"), in_turn(0, [("desk", "en"), ("telephone", "zh-CN")]))
def test_it_says_so_two_minutes_before_and_goes_on_at_a_click(
    window: Callable[..., Any], bob: User, size: str, language: str
) -> None:
    page = window(bob, size, language)
    page.clock.install()
    page.goto(f"{page.base}{PAGE}")
    notice = page.locator("#session-ends")
    page.clock.fast_forward("27:30")
    expect(notice).to_be_empty()
    page.clock.fast_forward("01:00")
    expect(notice.locator("button")).to_be_visible()
    shoot(page, f"idle-{size}-{language}")
    notice.locator("button").click()
    page.clock.fast_forward("00:02")
    expect(notice).to_be_empty()
    page.clock.fast_forward("31:00")
    expect(notice.get_by_role("link")).to_be_visible()
    shoot(page, f"over-{size}-{language}")


def test_a_use_in_another_tab_keeps_the_session(window: Callable[..., Any], bob: User) -> None:
    page = window(bob)
    page.clock.install()
    page.goto(f"{page.base}{PAGE}")
    page.clock.fast_forward("28:30")
    expect(page.locator("#session-ends button")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{page.base}{PAGE}")
    expect(page.locator("#session-ends")).to_be_empty()


def test_a_superadmin_shortens_the_limits_in_place(window: Callable[..., Any], school: Enterprise) -> None:
    page = window(create_person(school, "quinn", Role.SUPERADMIN))
    page.goto(f"{page.base}/school/")
    page.locator("a[href='/school/sessions/']").click()
    form = page.locator("#edit-sessions form")
    form.locator("[name=session_idle_minutes]").fill("2")
    form.locator("button[type=submit]").click()
    expect(form.locator(".field.has-error")).to_have_count(1)
    shoot(page, "limits")
    form.locator("[name=session_idle_minutes]").fill("15")
    form.locator("button[type=submit]").click()
    expect(page.locator("section[aria-labelledby=sessions] dl")).to_contain_text("15 min")
    page.locator("section[aria-labelledby=sessions]").scroll_into_view_if_needed()
    shoot(page, "limits-saved")
