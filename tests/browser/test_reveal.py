"""A masked phone number is shown in its place for a reason, and on a page of its own without script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from console.audit.models import PersonalDataAccess
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import add_members, create_running_lesson, record_poll
from tests.support.browser import collect_console_errors
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "13812345678"
PHONE_WIDTH = 390


@pytest.fixture
def kid(school: Enterprise) -> User:
    kid = create_person(school, "kid1", Role.STUDENT)
    kid.phone_no = NUMBER
    kid.save_mirrored(["phone_no"])
    return kid


@pytest.fixture
def window(live_server: Any, browser: Any, client: Any, settings: Any) -> Iterator[Callable[..., Any]]:
    """A page of this reader on a phone, with or without script."""
    settings.REQUIRE_TWO_FACTOR = False
    contexts = []

    def open_page(reader: User, path: str, script: bool = True) -> Any:
        size = {"width": PHONE_WIDTH, "height": 844}
        context = browser.new_context(viewport=size, locale="en", java_script_enabled=script)
        contexts.append(context)
        client.force_login(reader)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.errors = []
        collect_console_errors(page, page.errors)
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", ["/people/", "PERSON"])
def test_the_office_gives_a_reason_where_the_number_is_masked(
    window: Callable[..., Any], alice: User, kid: User, path: str
) -> None:
    page = window(alice, f"/people/{kid.pk}/" if path == "PERSON" else path)
    address = page.url
    page.get_by_role("link", name="Show").and_(page.locator(".reveal a")).click()
    expect(page.get_by_label("Reason")).to_be_focused()
    page.get_by_role("button", name="Show phone and e-mail").click()
    expect(page.locator(".reveal-form")).to_contain_text("Enter a reason.")
    assert [*axe_violations(page), *horizontal_overflow(page, PHONE_WIDTH), *page.errors] == []
    page.get_by_label("Reason").fill("Her mother asked")
    page.get_by_role("button", name="Show phone and e-mail").click()
    expect(page.get_by_role("link", name=NUMBER)).to_be_visible()
    assert [*axe_violations(page), *horizontal_overflow(page, PHONE_WIDTH), *page.errors] == []
    assert page.url == address
    assert PersonalDataAccess.objects.get().entry.reason == "Her mother asked"


@pytest.mark.parametrize("script", [True, False])
def test_a_teacher_reaches_somebody_missing_with_the_proposed_reason(
    window: Callable[..., Any], bob: User, kid: User, script: bool
) -> None:
    lesson = create_running_lesson(bob)
    add_members(lesson, kid)
    record_poll(lesson, [bob])
    page = window(bob, f"/lessons/{lesson.pk}/call/?who=kid1", script)
    page.get_by_role("link", name="Show phone number").click()
    page.get_by_role("button", name="Show phone number").click()
    expect(page.get_by_role("link", name=NUMBER)).to_be_visible()
    assert ("/call/" in page.url) == script
    assert PersonalDataAccess.objects.get().entry.reason == f"Missing from “{lesson.topic}”"
