"""Windows in which somebody is signed in, and a lesson of next week in the timetable."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, User
from classes.models import Lesson
from tests.browser.timetable_pages import SIZES, moment_of_next_week
from tests.classes.factories import add_members, create_planned_lesson, create_students
from tests.support.browser import collect_console_errors

# Playwright's five seconds are too few where other programs use the machine, too.
expect.set_options(timeout=30_000)


@pytest.fixture
def window(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """A window in which somebody is signed in."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts = []

    def open_window(
        reader: User, size: str = "desk", language: str = "en", scheme: str = "light", **more: Any
    ) -> Any:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=language, color_scheme=scheme, **more
        )
        contexts.append(context)
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.base = live_server.url
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def open_as(window: Callable[..., Any]) -> Callable[..., tuple[Any, list[str]]]:
    """A page of the timetable as somebody sees it, and what the browser complained about."""

    def open_page(reader: User, path: str, size: str = "desk", language: str = "en") -> tuple[Any, list[str]]:
        page, complaints = window(reader, size, language), []
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{page.base}{path}")
        return page, complaints

    return open_page


@pytest.fixture
def open_page(window: Callable[..., Any]) -> Callable[..., Any]:
    """A page as somebody sees it; `errors` is what its console complained of."""

    def opened(reader: User, path: str, *look: str, **more: Any) -> Any:
        page = window(reader, *look, **more)
        page.errors = []
        collect_console_errors(page, page.errors)
        page.goto(f"{page.base}{path}")
        return page

    return opened


@pytest.fixture
def croquet(school: Enterprise, bob: User) -> Lesson:
    """On Wednesday of next week at ten, with three students."""
    lesson = create_planned_lesson(
        bob, topic="Croquet", starts_at=moment_of_next_week(10), ends_at=moment_of_next_week(11)
    )
    add_members(lesson, *create_students(school, 3, "Year 7"))
    return lesson
