"""The search window in Chromium: by Ctrl+K and by its button, by keyboard alone, on a desk and on a phone."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import create_planned_lesson
from tests.support.browser import collect_console_errors, in_turn
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def chen(school: Enterprise) -> User:
    """A student of Alice's school, beside another whose pinyin begins alike."""
    User.objects.create(enterprise=school, user_id="s2", role=Role.STUDENT, nickname="陈伟明")
    return User.objects.create(enterprise=school, user_id="s1", role=Role.STUDENT, nickname="陈伟")


@pytest.fixture
def open_page(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """A page as a reader sees it who is signed in; it must not complain."""
    settings.REQUIRE_TWO_FACTOR = False
    settings.PUBLIC_URL = live_server.url
    contexts: list[Any] = []
    complaints: list[str] = []

    def opened(reader: User, size: str, language: str = "en", **look: Any) -> Any:
        look |= {"viewport": SIZES[size], "locale": language, "reduced_motion": "reduce"}
        contexts.append(browser.new_context(base_url=live_server.url, **look))
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        contexts[-1].add_cookies([cookie])
        page = contexts[-1].new_page()
        collect_console_errors(page, complaints)
        page.set_default_timeout(60_000)
        page.goto("/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("size", in_turn(0, SIZES))
def test_somebody_is_found_by_keyboard_and_opened(
    open_page: Callable[..., Any], clicks: Clicks, alice: User, chen: User, size: str
) -> None:
    page = open_page(alice, size)
    clicks.count(page)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    field.press_sequentially("cw")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id"))
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert axe_violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/{chen.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈伟")
    clicks.done("search")


@pytest.mark.parametrize("size", in_turn(1, SIZES))
def test_the_button_opens_the_window_and_escape_closes_it(
    open_page: Callable[..., Any], alice: User, bob: User, size: str
) -> None:
    create_planned_lesson(bob, topic="<b>Croquet</b> for a long name that needs more than a line on a phone")
    page = open_page(alice, size, "zh-CN")
    page.get_by_role("link", name="搜索").click()
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    field.press_sequentially("croq")
    expect(page.get_by_role("option", name="<b>Croquet</b>")).to_be_visible()
    assert horizontal_overflow(page, **SIZES[size]) == []
    field.fill("no such thing")
    expect(page.get_by_text("没有找到“no such thing”。")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.keyboard.press("Meta+k")
    expect(field).to_be_visible()


def test_the_answer_to_a_former_text_is_not_opened(
    open_page: Callable[..., Any], alice: User, chen: User
) -> None:
    page = open_page(alice, "desk")
    page.clock.install()
    page.keyboard.press("Control+k")
    page.clock.pause_at(datetime.now() + timedelta(minutes=5))
    held: list[Any] = []
    page.route("**/search/?q=cw", lambda route: held.append(route))
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("cw")
    with page.expect_request("**/search/?q=cw"):
        page.clock.run_for(250)
    field.press_sequentially("z")
    with page.expect_response("**/search/?q=cw") as answer:
        held[0].continue_()
    answer.value.finished()
    page.evaluate("() => undefined")  # the answer has been handled
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=cwz")


def test_without_scripts_the_button_leads_to_a_page(
    open_page: Callable[..., Any], alice: User, chen: User
) -> None:
    page = open_page(alice, "phone", java_script_enabled=False)
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox", name="Search").fill("chen wei")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="陈伟 student · s1").click()
    page.wait_for_url(f"**/people/{chen.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈伟")
