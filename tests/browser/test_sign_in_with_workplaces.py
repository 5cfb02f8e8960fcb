"""Signing in with WeCom, DingTalk and Feishu in Chromium, at a STAND-IN in a process of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from accounts.models import Enterprise, IdentityLink, IdentityProvider, User
from tests.accounts.school.identity import workplace_stand_in as stand_in
from tests.accounts.school.identity.conftest import create_provider
from tests.accounts.school.identity.real_provider import free_port
from tests.support.browser import collect_console_errors

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FAILED = {
    "en": "Single sign-on failed. Try again. If it keeps failing, sign in with your password.",
    "zh-CN": "单点登录没有成功。请再试一次；如果仍然不行，请用密码登录。",
}
INSIDE_WECOM = "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0 wxwork/4.1"


@pytest.fixture
def service(settings: Any) -> Iterator[str]:
    """The address of the stand-in, which asks for consent as the real pages do."""
    settings.REQUIRE_TWO_FACTOR = False
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    with stand_in.running_stand_in(free_port()) as address:
        requests.get(f"{address}/member?code=code-of-bob&asks=1", timeout=30)
        yield address


def create_row(school: Enterprise, kind: str, service: str) -> IdentityProvider:
    keys = {"client_id": stand_in.APP, "client_secret": stand_in.SECRET, "tenant": stand_in.ORGANISATION}
    domains = ["wonderland.example"]
    return create_provider(school, kind=kind, issuer=service, mail_domains=domains, **keys)


def start(page: Any, base: str) -> None:
    """From the sign-in page by the e-mail domain to the service."""
    page.goto(f"{base}/sign-in/")
    page.click("a[href^='/sign-in/with/']")
    page.fill("[name=e_mail]", "anyone@wonderland.example")
    page.click("main button[type=submit]")
    page.get_by_role("link", name="School account").click()


@pytest.mark.parametrize(
    ("kind", "width", "language"), [("wecom", 1280, "en"), ("dingtalk", 390, "zh-CN"), ("feishu", 1280, "en")]
)
def test_whoever_agrees_is_signed_in_and_whoever_refuses_is_told(
    live_server: Any,
    browser: Any,
    service: str,
    school: Enterprise,
    bob: User,
    kind: str,
    width: int,
    language: str,
) -> None:
    create_row(school, kind, service)
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
    page, complaints = context.new_page(), []
    start(page, live_server.url)
    expect(page.get_by_role("heading", name="Stand-in, not the service")).to_be_visible()
    page.get_by_role("button", name="Refuse").click()
    expect(page).to_have_url(f"{live_server.url}/sign-in/")
    expect(page.get_by_text(FAILED[language])).to_be_visible()
    assert not IdentityLink.objects.exists()

    start(page, live_server.url)
    page.get_by_role("button", name="Agree").click()
    expect(page).to_have_url(f"{live_server.url}/")
    collect_console_errors(page, complaints)
    page.goto(f"{live_server.url}/account/")
    expect(page.locator(".lead")).to_have_text(bob.login)
    assert IdentityLink.objects.get().person == bob
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    context.close()


def test_inside_the_app_of_wecom_nobody_is_asked(
    live_server: Any, browser: Any, service: str, school: Enterprise, bob: User
) -> None:
    create_row(school, "wecom", service)
    context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=INSIDE_WECOM)
    page = context.new_page()
    start(page, live_server.url)
    # Browsers keep the fragment that WeCom wants at its page through all redirects.
    expect(page).to_have_url(f"{live_server.url}/#wechat_redirect")
    assert IdentityLink.objects.get().person == bob
    context.close()
