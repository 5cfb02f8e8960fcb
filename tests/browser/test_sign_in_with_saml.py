"""Signing in with a provider of SAML 2.0 (samlify from npm, in a process of its own) in Chromium."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from accounts.models import Enterprise, IdentityProvider, IdentityRule, Role, User
from accounts.school.identity.saml.configuration import own_metadata
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.real_provider import RealProvider, free_port, running_saml_provider
from tests.accounts.school.identity.saml_idp import KeyPair
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desk": (1280, 800), "telephone": (390, 844)}
ACCOUNTS = {
    "alice": {"uid": "alice"},
    "nina": {"uid": "nina", "displayName": "Nina", "groups": ["pupils", "choir"]},
    "mallory": {"uid": "mallory"},
}


@pytest.fixture
def row(live_server: Any, school: Enterprise, settings: Any) -> IdentityProvider:
    """The school account of Wonderland, of which nothing but its name is set yet."""
    settings.REQUIRE_TWO_FACTOR = False
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    settings.PUBLIC_URL = live_server.url
    domains = ["wonderland.example"]
    return create_provider(school, kind="saml", client_id="", client_secret="", mail_domains=domains)


@pytest.fixture
def provider(live_server: Any, row: IdentityProvider) -> Iterator[RealProvider]:
    """The provider with the console's metadata, and the console with those of the provider."""
    port, keys = free_port(), KeyPair()
    base = f"http://127.0.0.1:{port}"
    # Another site to the browser, so that no cookie comes with the provider's form.
    assert urlsplit(live_server.url).hostname != "127.0.0.1"
    with running_saml_provider(port, own_metadata(row), keys, ACCOUNTS) as provider:
        row.issuer, row.metadata_url, row.certificates = provider.issuer, provider.issuer, [keys.pem]
        row.sso_url, row.slo_url = f"{base}/sso", f"{base}/slo"
        row.save()
        yield provider


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


def sign_in_there(page: Any, login: str, password: str = "right") -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("button[value=in]")


@pytest.mark.parametrize(("size", "language"), in_turn(0, [("desk", "en"), ("telephone", "zh-CN")]))
def test_a_teacher_signs_in_and_the_provider_signs_them_out(
    live_server: Any, browser: Any, provider: RealProvider, alice: User, size: str, language: str
) -> None:
    page, complaints = open_page(browser, size, language), []
    start(page, live_server)
    sign_in_there(page, "alice")
    expect(page).to_have_url(f"{live_server.url}/")
    collect_console_errors(page, complaints)  # from here on: those of the provider's pages are its own
    page.goto(f"{live_server.url}/people/")
    expect(page.locator("h1")).to_be_visible()
    assert complaints == []

    page.goto(f"{provider.issuer.removesuffix('metadata')}sign-out?login=alice")
    expect(page.get_by_text("Signed out everywhere")).to_be_visible()
    page.goto(f"{live_server.url}/people/")
    expect(page).to_have_url(f"{live_server.url}/sign-in/?next=/people/")


def test_somebody_new_comes_in_with_the_role_of_a_rule(
    live_server: Any, browser: Any, row: IdentityProvider, provider: RealProvider
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
    expect(page.get_by_text("no rule of your school gives you a role")).to_be_visible()


def test_whoever_the_provider_refuses_stays_outside(
    live_server: Any, browser: Any, provider: RealProvider, alice: User
) -> None:
    page = open_page(browser)
    start(page, live_server)
    sign_in_there(page, "alice", "wrong")
    expect(page.get_by_text("Wrong password")).to_be_visible()
    page.goto(f"{live_server.url}/people/")
    expect(page).to_have_url(f"{live_server.url}/sign-in/?next=/people/")
    start(page, live_server)
    page.click("button[value=cancel]")
    expect(page.get_by_text("The identity provider did not sign you in.")).to_be_visible()


def test_a_provider_that_dies_in_the_middle_leaves_the_password(
    live_server: Any, browser: Any, provider: RealProvider, alice: User
) -> None:
    page = open_page(browser)
    start(page, live_server)
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", "right")
    provider.process.kill()
    provider.process.wait()
    page.click("button[value=in]")
    page.wait_for_url("chrome-error://**")
    page.goto(f"{live_server.url}/sign-in/")
    expect(page.locator("[name=password]")).to_be_visible()


def test_a_superadmin_sets_it_up_by_the_address_of_the_metadata(
    live_server: Any, window: Any, row: IdentityProvider, provider: RealProvider, school: Enterprise
) -> None:
    diana = create_person(school, "diana", Role.SUPERADMIN)
    IdentityProvider.objects.update(issuer="", sso_url="", slo_url="", certificates=[], metadata_url="")
    page = window(diana)
    page.goto(f"{page.base}/school/providers/{row.pk}/edit/")
    page.fill("[name=metadata_url]", provider.issuer)
    page.click("main form button[type=submit]")
    expect(page.get_by_text("The identity provider has been saved.")).to_be_visible()
    page.get_by_role("button", name="Test provider").click()
    expect(page.get_by_text("The provider answers, and its certificate is valid until")).to_be_visible()
    row.refresh_from_db()
    assert (row.issuer, len(row.certificates)) == (provider.issuer, 1)
    for size, language in (("desk", "en"), ("telephone", "zh-CN")):
        page = window(diana, size, language)
        for number, path in enumerate(("", f"{row.pk}/", f"{row.pk}/edit/", "new/saml/")):
            page.goto(f"{page.base}/school/providers/{path}")
            expect(page.locator("h1")).to_be_visible()
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/saml-{number}-{size}-{language}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], path
