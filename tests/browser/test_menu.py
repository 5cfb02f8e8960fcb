"""The menu in Chromium: entries and tabs by keyboard, the bar of a phone with nothing cut off."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from classes.models import Alarm
from tests.browser.page_checks import assert_order, horizontal_overflow, tab_through_page, tab_to
from tests.classes.factories import create_finished_lesson, create_running_lesson
from tests.support.browser import FULL
from tests.support.cast import create_person
from tests.support.clicks import Clicks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
LANGUAGES = ("en", "zh-CN")
ROLES = (Role.ADMIN, Role.TEACHER, Role.STUDENT, Role.SUPERVISOR)
#: Each role, the languages in turns; with `BROWSER=full` each role in each.
READERS = list(itertools.product(ROLES, LANGUAGES) if FULL else zip(ROLES, LANGUAGES * 2, strict=True))
#: Links of the menu whose words do not fit.
CUT_OFF = """
() => {
const links = ".tab, .tab > span, .page-tab, .page-tab-label, .sheet .nav-item-link";
return [...document.querySelectorAll(links)].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"
    || box.right > innerWidth || box.left < 0;
}).map((one) => one.textContent.trim());
}
"""


@pytest.fixture
def open_page(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """A page as a reader sees it who is signed in."""
    settings.REQUIRE_TWO_FACTOR = False
    settings.PUBLIC_URL = live_server.url
    contexts = []

    def opened(reader: User, path: str, viewport: dict[str, int], language: str = "en") -> Any:
        look = {"viewport": viewport, "locale": language, "reduced_motion": "reduce"}
        contexts.append(browser.new_context(base_url=live_server.url, **look))
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        contexts[-1].add_cookies([cookie])
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_an_entry_and_its_tabs_are_reached_by_keyboard(open_page: Callable[..., Any], alice: User) -> None:
    page = open_page(alice, "/", DESKTOP)
    tab_to(page, "at.matches('.side .nav-item-link') && at.textContent.trim() === 'Settings'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/school/")
    said = tab_through_page(page)
    assert_order(
        said, "Settings", "School settings", "Roles and permissions", "Sent to iclass", "Differences"
    )
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "at.matches('.page-tab') && at.textContent.trim() === 'Incoming events'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sync/received/")
    expect(page.locator(".page-tab[aria-current=page]")).to_have_text(re.compile("Incoming events"))
    expect(page.locator(".side .nav-item-link[aria-current=true]")).to_have_text(re.compile("Settings"))


def test_language_and_theme_are_changed_by_keyboard_on_a_page_at_400_percent(
    open_page: Callable[..., Any], clicks: Clicks, alice: User
) -> None:
    page = open_page(alice, "/", {"width": 320, "height": 211})
    clicks.count(page)
    page.locator(".top-tools button[lang]").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.locator(".top-tools .menu:has([data-choose-theme]) summary").press("Enter")
    page.locator("[data-choose-theme=dark]").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert horizontal_overflow(page, 320, 211) == []
    clicks.done("language, dark, keyboard, 400 %")


def test_the_number_beside_an_entry_is_heard(open_page: Callable[..., Any], bob: User) -> None:
    Alarm.objects.create(enterprise=bob.enterprise, lesson=create_running_lesson(bob), kind="ghost")
    page = open_page(bob, "/", DESKTOP)
    expect(page.locator(".side").get_by_role("link", name="Live (1 open alarm)")).to_be_visible()


@pytest.mark.parametrize(("role", "language"), READERS)
def test_nothing_of_the_menu_is_cut_off_on_a_phone(
    open_page: Callable[..., Any], bob: User, role: str, language: str
) -> None:
    create_finished_lesson(bob)
    reader = bob if role == Role.TEACHER else create_person(bob.enterprise, "reader", role)
    page = open_page(reader, "/", PHONE, language)
    paths = page.eval_on_selector_all(".nav-item-link", "all => all.map((one) => one.pathname)")
    for path in sorted({*paths, "/sync/sent/"} if role == Role.ADMIN else set(paths)):
        page.goto(path)
        assert page.evaluate(CUT_OFF) == [], path
        assert horizontal_overflow(page, PHONE["width"]) == [], path
    page.locator(".tabs button").press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    assert page.evaluate(CUT_OFF) == []


def test_a_teacher_opens_a_register_from_the_bar_of_a_phone(open_page: Callable[..., Any], bob: User) -> None:
    lesson = create_finished_lesson(bob, topic="Flamingos")
    page = open_page(bob, "/", PHONE)
    page.locator(".tabs").get_by_role("link", name="Registers (1 register to close)").click()
    page.wait_for_url("**/reports/registers/")
    expect(page.locator(".tabs .tab[aria-current=page]")).to_have_text(re.compile("Registers"))
    page.get_by_role("link", name="Flamingos", exact=True).click()
    page.wait_for_url(f"**/lessons/{lesson.pk}/attendance/")
