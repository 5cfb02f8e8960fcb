"""Many lessons are changed in a browser: by keyboard alone, and on a telephone; axe finds nothing in it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Enterprise, User
from classes.models import Lesson
from tests.classes.factories import add_members, create_planned_lesson, create_running_lesson, create_students

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path("node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DAY = timedelta(days=1)


@pytest.fixture
def lessons(bob: User, school: Enterprise) -> list[Lesson]:
    kids = create_students(school, 3, "Year 7")
    made = [create_planned_lesson(bob, place * DAY) for place in (1, 2)]
    for one in made:
        add_members(one, *kids)
    return [create_running_lesson(bob), *made]


@pytest.fixture
def open_list(
    live_server: Any, browser: Any, client: Any, settings: Any, alice: User, lessons: list[Lesson]
) -> Iterator[Callable[..., Any]]:
    """The list of lessons as Alice sees it, at this width and in this language."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts = []

    def open_page(width: int, language: str) -> Any:
        size = {"width": width, "height": 844}
        # Nothing is judged while it fades in.
        context = browser.new_context(viewport=size, locale=language, reduced_motion="reduce")
        contexts.append(context)
        client.force_login(alice)
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/lessons/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _tab_to(page: Any, test: str) -> None:
    for _step in range(120):
        if page.evaluate(f"(() => {{ const at = document.activeElement; return {test}; }})()"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {test}")


def _wrong(page: Any) -> list[str]:
    page.evaluate(AXE)
    answer = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    found = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer["violations"]]
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, f"{over} px stick out"] if over > 0 else found


def test_lessons_are_changed_together_by_keyboard_alone(
    open_list: Callable[..., Any], lessons: list[Lesson]
) -> None:
    page = open_list(1280, "en")
    _tab_to(page, "at.matches('[data-many-all]')")
    page.keyboard.press("Space")
    _tab_to(page, "at.matches('.many-acts button')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/many/**")
    _tab_to(page, "at.name === 'minutes'")
    page.keyboard.type("15")
    _tab_to(page, "at.name === 'look'")
    page.keyboard.press("Enter")
    page.locator("#preview").wait_for()
    assert "2 lessons will change." in page.locator("#preview").inner_text()
    assert _wrong(page) == []
    _tab_to(page, "at.name === 'sure'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/changes/**")
    assert _wrong(page) == []
    moved = {one.pk: one.starts_at for one in Lesson.objects.all()}
    assert [moved[one.pk] - one.starts_at for one in lessons] == [
        timedelta(0),
        timedelta(minutes=15),
        timedelta(minutes=15),
    ]


def test_the_same_pages_fit_a_telephone_in_chinese(open_list: Callable[..., Any]) -> None:
    page = open_list(390, "zh-CN")
    assert _wrong(page) == []
    page.locator("[data-many-all]").check()
    page.locator(".many-acts button").first.click()
    page.locator("[name=bitrate]").fill("900")
    page.locator("[name=look]").click()
    page.locator("#preview").wait_for()
    assert "将有 2 节课发生变化" in page.locator("#preview").inner_text()
    assert _wrong(page) == []
