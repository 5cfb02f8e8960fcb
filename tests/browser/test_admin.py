"""Forms of the Django admin in a browser: labels beside their widgets, and clocks of 24 hours."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Enterprise, StudentGroup, User
from tests.support.browser import collect_console_errors

WIDTHS = (1280, 390)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_admin(
    live_server: Any, browser: Any, client: Any, settings: Any, alice: User
) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """A page of the admin as Alice sees it, and what the browser complained about."""
    settings.REQUIRE_TWO_FACTOR = False
    client.force_login(alice)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    contexts = []

    def open_page(path: str, width: int, language: str = "en") -> tuple[Any, list[str]]:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=language)
        contexts.append(context)
        context.add_cookies([cookie])
        page = context.new_page()
        complaints: list[str] = []
        collect_console_errors(page, complaints)
        page.goto(f"{live_server.url}{path}")
        if folder := os.environ.get("SHOTS"):
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=f"{folder}/{name}-{width}-{language}.png", full_page=True)
        return page, complaints

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_label_of_the_students_stands_before_their_lists(
    open_admin: Callable[..., Any], school: Enterprise, width: int
) -> None:
    group = StudentGroup.objects.create(enterprise=school, name="Croquet")
    page, complaints = open_admin(f"/admin/accounts/studentgroup/{group.pk}/change/", width)
    page.locator(".selector").wait_for()
    students = page.locator("label", has_text="students:")
    assert students.inner_text() == "Students:"
    label = students.bounding_box()
    lists = page.locator(".selector").bounding_box()
    name_label = page.locator("label[for=id_name]").bounding_box()
    assert label["x"] == name_label["x"]
    assert lists["x"] >= label["x"] + label["width"] or lists["y"] >= label["y"] + label["height"]
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_clock_offers_hours_of_24(open_admin: Callable[..., Any], language: str) -> None:
    page, complaints = open_admin("/admin/classes/lesson/add/", 1280, language)
    page.locator(".clock-icon").first.click()
    hours = page.locator(".clockbox .timelist").first.locator("a").all_inner_texts()
    assert hours[1:] == ["00:00", "06:00", "12:00", "18:00"]
    page.locator(".clockbox .timelist").first.get_by_text("18:00").click()
    assert page.locator(".vTimeField").first.input_value().startswith("18:00")
    assert complaints == []
