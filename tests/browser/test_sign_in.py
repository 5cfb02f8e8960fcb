"""Signing in with a second factor in a browser, under the content policy, at a desk and on a telephone."""

import os
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from accounts.models import User
from accounts.sign_in import second_factor
from tests.support.browser import collect_console_errors, in_turn, looks

PASSWORD = "cheshire-cat-grins"
SIZES = {"desk": (1280, 800), "telephone": (390, 844)}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows, so many steps from now."""
    return format_hotp_value(
        hotp_value(secret, int(timezone.now().timestamp()) // second_factor.STEP_S + steps)
    )


@pytest.fixture
def alice(alice: User, settings: Any) -> User:
    settings.REQUIRE_TWO_FACTOR = True
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    return alice


@pytest.mark.parametrize(("size", "language"), in_turn(0, looks(SIZES, ["zh-CN", "en"])))
def test_an_administrator_sets_up_the_second_factor_and_comes_in_by_it(
    live_server: Any, browser: Any, alice: User, size: str, language: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    page, complaints = context.new_page(), []
    collect_console_errors(page, complaints)

    def seen(name: str) -> None:
        """The page fits, and the browser has nothing to complain of."""
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert complaints == [], name
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{size}-{language}.png", full_page=True)

    def sign_in() -> None:
        page.goto(f"{live_server.url}/sign-in/")
        page.fill("[name=username]", alice.login)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")

    sign_in()
    page.wait_for_url("**/account/second-factor/")
    secret = page.input_value("#factor-secret").replace(" ", "")
    assert page.evaluate("document.querySelector('.factor-picture').naturalWidth") > 100
    seen("setup")
    page.fill("[name=code]", code_of(secret))
    page.click("form[aria-labelledby=confirm] button[type=submit]")
    page.wait_for_url("**/account/recovery-codes/")
    seen("codes")
    with page.expect_download() as saved:
        page.click("a[download]")
    assert saved.value.suggested_filename == "iclass-console-recovery-codes.txt"
    page.click("main form button[type=submit]")
    page.goto(f"{live_server.url}/account/")
    seen("account")
    page.goto(f"{live_server.url}/account/password/")
    seen("password")
    context.clear_cookies()
    sign_in()
    page.wait_for_url("**/sign-in/code/")
    seen("code")
    # A code counts once, so the next one; either may grow a step old while the browser is at it.
    page.fill("[name=code]", code_of(secret, 1))
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    assert page.locator(".shell").count() == 1
    context.close()
