"""Signing in with a real provider (oidc-provider from npm, in a process of its own) in Chromium."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, IdentityProvider, IdentityRule, Role, User
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.oidc_provider import CLIENT, SECRET
from tests.accounts.school.identity.real_provider import free_port, running_real_provider
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desk": (1280, 800), "telephone": (390, 844)}
ACCOUNTS = {
    "alice": {"preferred_username": "alice"},
    "nina": {"preferred_username": "nina", "name": "Nina", "groups": ["pupils"]},
    "mallory": {"preferred_username": "mallory"},
}


@pytest.fixture
def row(live_server: Any, school: Enterprise, settings: Any) -> Iterator[IdentityProvider]:
    """The school account of Wonderland at a running provider."""
    settings.REQUIRE_TWO_FACTOR = False
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    port = free_port()
    row = create_provider(school, issuer=f"http://127.0.0.1:{port}", mail_domains=["wonderland.example"])
    address = f"{live_server.url}/sign-in/with/{row.slug}"
    client = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [f"{address}/callback/"],
        "backchannel_logout_uri": f"{address}/sign-out/",
        "backchannel_logout_session_required": True,
    }
    with running_real_provider(port, [client], ACCOUNTS):
        yield row


def open_page(browser: Any, size: str = "desk", language: str = "en") -> Any:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    return context.new_page()


def start(page: Any, live_server: Any) -> None:
    """From the sign-in page by the e-mail domain to the provider."""
    page.goto(f"{live_server.url}/sign-in/")
    page.click("a[href^='/sign-in/with/']")
    page.fill("[name=e_mail]", "anyone@wonderland.example")
    page.click("main button[type=submit]")
    page.get_by_role("link", name="School account").click()


def sign_in_there(page: Any, login: str) -> None:
    """The provider asks who it is, and whether the console may know."""
    page.fill("[name=login]", login)
    page.fill("[name=password]", "whatever")
    page.click("button[type=submit]")
    page.click("button[type=submit]")


@pytest.mark.parametrize(("size", "language"), in_turn(1, [("desk", "en"), ("telephone", "zh-CN")]))
def test_a_teacher_signs_in_and_the_provider_signs_them_out(
    live_server: Any, browser: Any, row: IdentityProvider, alice: User, size: str, language: str
) -> None:
    page, complaints = open_page(browser, size, language), []
    start(page, live_server)
    expect(page.locator("[name=login]")).to_be_visible()
    sign_in_there(page, "alice")
    expect(page).to_have_url(f"{live_server.url}/")
    collect_console_errors(page, complaints)  # from here on: those of the provider's pages are its own
    page.goto(f"{live_server.url}/people/")
    expect(page.locator("h1")).to_be_visible()
    assert complaints == []

    page.goto(f"{row.issuer}/session/end")
    page.click("button[name=logout]")
    page.wait_for_load_state()
    page.goto(f"{live_server.url}/people/")
    expect(page).to_have_url(f"{live_server.url}/sign-in/?next=/people/")
    # The browser remembers the school: its provider is offered without an address.
    expect(page.get_by_role("link", name="School account")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/providers-door-{size}-{language}.png", full_page=True)


def test_somebody_new_comes_in_with_the_role_of_a_rule(
    live_server: Any, browser: Any, row: IdentityProvider
) -> None:
    IdentityProvider.objects.update(create_people=True)
    IdentityRule.objects.create(provider=row, claim="groups", value="pupils", role=Role.STUDENT)
    page = open_page(browser)
    start(page, live_server)
    sign_in_there(page, "nina")
    expect(page).to_have_url(f"{live_server.url}/")
    person = User.objects.get(user_id="nina")
    assert (person.role, person.nickname) == ("student", "Nina")

    page = open_page(browser)
    start(page, live_server)
    sign_in_there(page, "mallory")
    expect(page).to_have_url(f"{live_server.url}/sign-in/")
    expect(page.get_by_text("no rule of your school gives you a role")).to_be_visible()


def test_a_superadmin_sets_it_up_and_tests_it(
    live_server: Any, browser: Any, window: Any, row: IdentityProvider, school: Enterprise
) -> None:
    diana = create_person(school, "diana", Role.SUPERADMIN)
    for size, language in (("desk", "en"), ("telephone", "zh-CN")):
        page = window(diana, size, language)
        for number, path in enumerate(
            ("", f"{row.pk}/", "new/oidc/", "new/microsoft/", f"{row.pk}/rules/new/")
        ):
            page.goto(f"{page.base}/school/providers/{path}")
            expect(page.locator("h1")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], path
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/providers-{number}-{size}-{language}.png", full_page=True)
    page = window(diana)
    page.goto(f"{page.base}/school/providers/{row.pk}/")
    page.get_by_role("button", name="Test provider").click()
    expect(page.get_by_text("The provider answers")).to_be_visible()
