"""A masked phone number is shown in its place for a reason, and on a page of its own without script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from console.audit.models import PersonalDataAccess
from tests.browser.page_checks import axe_violations, horizontal_overflow
from tests.classes.factories import add_members, create_running_lesson, record_poll
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


@pytest.mark.parametrize("path", ["/people/", "PERSON"])
def test_the_office_gives_a_reason_where_the_number_is_masked(
    open_page: Callable[..., Any], alice: User, kid: User, path: str
) -> None:
    page = open_page(alice, f"/people/{kid.pk}/" if path == "PERSON" else path, "telephone")
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
    open_page: Callable[..., Any], bob: User, kid: User, script: bool
) -> None:
    lesson = create_running_lesson(bob)
    add_members(lesson, kid)
    record_poll(lesson, [bob])
    page = open_page(bob, f"/lessons/{lesson.pk}/call/?who=kid1", "telephone", java_script_enabled=script)
    page.get_by_role("link", name="Show phone number").click()
    page.get_by_role("button", name="Show phone number").click()
    expect(page.get_by_role("link", name=NUMBER)).to_be_visible()
    assert ("/call/" in page.url) == script
    assert PersonalDataAccess.objects.get().entry.reason == f"Missing from “{lesson.topic}”"
