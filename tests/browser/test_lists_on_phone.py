"""Lists on a telephone: filters that are folded into one line open; zoomed, bars yield.

test_every_page.py looks whether they fold, and whether the first row is visible.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Enterprise, User
from tests.browser.page_checks import axe_violations, hidden_by_filters, horizontal_overflow
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.readable_pages import session_cookies

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

#: What of the screen, from 0 to 1, no bar covers.
FREE = """() => {
  scrollTo(0, 200);
  const bars = [...document.querySelectorAll("body *")].filter((one) => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const seen = box.height && box.bottom > 0 && box.top < innerHeight && style.visibility === "visible";
    const stays = ["fixed", "sticky"].includes(style.position);
    return seen && stays && (box.top <= 0 || box.bottom >= innerHeight);
  });
  return 1 - bars.reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight;
}"""


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User, settings: Any) -> SampleSchool:
    settings.REQUIRE_TWO_FACTOR = False
    return build_sample_school(school, other_school, olga)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_filters_open_and_say_how_many_are_set(page: Any, live_server: Any, world: SampleSchool) -> None:
    page.context.add_cookies(session_cookies(world, "admin", live_server.url))
    page.goto(f"{live_server.url}/people/?role=student")
    button = page.get_by_role("button", name="筛选")
    assert button.inner_text().split() == ["筛选", "(1)"]
    assert hidden_by_filters(page) == []
    page.evaluate("document.querySelector('.filters').style.height = '900px'")
    assert len(hidden_by_filters(page)) == 2, "a row that is not visible would be found"
    page.evaluate("document.querySelector('.filters').style.height = ''")
    role = page.locator("select[name=role]")
    assert not role.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert axe_violations(page) == []
    assert horizontal_overflow(page, 390) == []
    role.select_option("")
    page.wait_for_function("() => !document.querySelector('.filters-count').textContent")
    assert role.is_visible(), "they stay open while one filters"
    page.goto(f"{live_server.url}/reports/absences/")
    assert not page.locator(".ranges").is_visible()
    page.get_by_role("button", name="筛选").click()
    assert page.locator(".ranges").is_visible()
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        page.locator("input[name=since]").fill("2026-01-05")
        page.keyboard.press("Tab")
    page.locator(".filters.is-open input[name=since][value='2026-01-05']").wait_for()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not page.get_by_role("button", name="筛选").is_visible()
    assert page.locator("input[name=since]").is_visible()


@pytest.mark.parametrize("path", ["/", "/people/", "/timetable/", "/lessons/"])
def test_zoomed_to_400_percent_half_of_the_screen_is_content(
    page: Any, live_server: Any, world: SampleSchool, path: str
) -> None:
    page.context.add_cookies(session_cookies(world, "admin", live_server.url))
    # 1280 × 844 at 400 %.
    page.set_viewport_size({"width": 320, "height": 211})
    page.goto(f"{live_server.url}{path}")
    assert page.evaluate(FREE) >= 0.5
    page.set_viewport_size({"width": 390, "height": 844})
    assert 0.5 <= page.evaluate(FREE) < 1, "on a telephone the bars stay in view"
