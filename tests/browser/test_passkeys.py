"""Passkeys in Chromium with its virtual authenticator: added, used in each way, removed, copied."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from accounts.models import Enterprise, Role, User
from accounts.sign_in import password_links
from accounts.sign_in.password_links import Delivery
from tests.support.browser import collect_console_errors, in_turn
from tests.support.cast import create_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "cheshire-cat-grins"
SIZES = {"desk": (1280, 800), "telephone": (390, 844)}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Window:
    """A browser of its own on a device that makes passkeys."""

    def __init__(self, browser: Any, url: str, size: str = "desk", language: str = "en") -> None:
        width, height = SIZES[size]
        self.url, self.width, self.name = url, width, f"{size}-{language}"
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        collect_console_errors(self.page, self.complaints)
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        added = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.device = added["authenticatorId"]

    def check(self, name: str) -> None:
        """The page fits, and the browser has nothing to complain of."""
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, name
        assert self.complaints == [], name
        if folder := os.environ.get("SHOTS"):
            self.page.screenshot(path=f"{folder}/passkey-{name}-{self.name}.png", full_page=True)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def type_password(self, person: User) -> None:
        self.go("/sign-in/")
        self.page.fill("[name=username]", person.login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("form:not([data-passkey]) button[type=submit]").last.click()

    def sign_out(self) -> None:
        self.context.clear_cookies()
        self.go("/sign-in/")

    def passkey_button(self) -> Any:
        return self.page.locator("form[data-passkey] button[type=submit]")

    def credentials(self) -> list[dict[str, Any]]:
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.device})
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials

    def take_over(self, credential: dict[str, Any]) -> None:
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.device, "credential": credential})


@pytest.fixture
def url(live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL, settings.REQUIRE_TWO_FACTOR = live_server.url, False
    return str(live_server.url)


@pytest.fixture
def windows(browser: Any, url: str) -> Iterator[list[Window]]:
    opened: list[Window] = []
    yield opened
    for one in opened:
        one.context.close()


@pytest.fixture
def alice(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    return alice


def open_window(
    windows: list[Window], browser: Any, url: str, size: str = "desk", language: str = "en"
) -> Window:
    windows.append(Window(browser, url, size, language))
    return windows[-1]


def add_passkey(window: Window, name: str) -> None:
    window.go("/account/passkeys/new/")
    window.page.fill("[name=name]", name)
    window.passkey_button().click()


@pytest.mark.parametrize(("size", "language"), in_turn(0, [("desk", "en"), ("telephone", "zh-CN")]))
def test_a_passkey_from_the_first_day_to_the_last(
    browser: Any, windows: list[Window], url: str, alice: User, settings: Any, size: str, language: str
) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    window = open_window(windows, browser, url, size, language)
    page = window.page
    window.type_password(alice)
    page.wait_for_url("**/account/second-factor/")
    page.locator("main a[href='/account/passkeys/new/']").click()
    window.check("new")
    page.fill("[name=name]", "Laptop")
    window.passkey_button().click()
    page.wait_for_url("**/account/recovery-codes/")
    page.locator("main form button[type=submit]").click()
    window.go("/account/")
    window.check("account")
    window.sign_out()
    window.check("sign-in")
    window.passkey_button().click()
    page.wait_for_url(f"{url}/")
    expect(page.locator(".shell")).to_have_count(1)
    window.sign_out()
    window.type_password(alice)
    page.wait_for_url("**/sign-in/code/")
    window.check("code")
    window.passkey_button().click()
    page.wait_for_url(f"{url}/")
    add_passkey_on_second_device(window)
    window.go("/account/")
    page.locator("[data-dialog^=ask-passkey]").first.click()
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("section[aria-labelledby=passkeys] li")).to_have_count(1)
    assert [row.data["name"] for row in Authenticator.objects.filter(type="webauthn")] == ["Key"]
    window.check("removed")


def add_passkey_on_second_device(window: Window) -> None:
    """A security key: the device itself has a passkey already."""
    key = {**DEVICE, "transport": "usb"}
    window.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": window.device})
    added = window.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    window.device = added["authenticatorId"]
    add_passkey(window, "Key")
    window.page.wait_for_url("**/account/")


def test_the_proof_before_a_sensitive_action_is_a_passkey(
    browser: Any, windows: list[Window], url: str, alice: User, settings: Any
) -> None:
    window = open_window(windows, browser, url)
    window.type_password(alice)
    window.page.wait_for_url(f"{url}/")
    add_passkey(window, "Laptop")
    window.page.wait_for_url("**/account/recovery-codes/")
    settings.REAUTHENTICATION_S = 0
    window.go("/account/passkeys/new/")
    window.check("proof")
    settings.REAUTHENTICATION_S = 600
    window.passkey_button().click()
    expect(window.page.locator("form[data-passkey=create]")).to_be_visible()


def test_the_same_device_twice_and_a_dialog_that_is_left_are_sentences(
    browser: Any, windows: list[Window], url: str, alice: User
) -> None:
    window = open_window(windows, browser, url)
    window.type_password(alice)
    window.page.wait_for_url(f"{url}/")
    add_passkey(window, "Laptop")
    window.page.wait_for_url("**/account/recovery-codes/")
    add_passkey(window, "Again")
    said = window.page.locator(".passkey-said")
    expect(said).to_have_text("This device has a passkey for you already.")
    assert window.page.input_value("[name=name]") == "Again"
    window.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": window.device, "isUserVerified": False})
    window.sign_out()
    window.passkey_button().click()
    expect(said).to_have_text(re.compile("Nothing was confirmed"))
    expect(window.passkey_button()).to_be_enabled()


def test_at_another_address_the_browser_offers_none_and_says_why(
    browser: Any, windows: list[Window], url: str, alice: User, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://console.example.edu"
    window = open_window(windows, browser, url)
    window.go("/sign-in/")
    window.passkey_button().click()
    expect(window.page.locator(".passkey-said")).to_have_text(re.compile("Open the console at its usual"))


def test_a_copied_passkey_stays_outside(browser: Any, windows: list[Window], url: str, alice: User) -> None:
    owner = open_window(windows, browser, url)
    owner.type_password(alice)
    owner.page.wait_for_url(f"{url}/")
    add_passkey(owner, "Laptop")
    owner.page.wait_for_url("**/account/recovery-codes/")
    copied = owner.credentials()[0]
    owner.sign_out()
    owner.passkey_button().click()
    owner.page.wait_for_url(f"{url}/")
    thief = open_window(windows, browser, url)
    thief.take_over(copied | {"signCount": 0})
    thief.go("/sign-in/")
    thief.passkey_button().click()
    expect(thief.page.locator("#messages")).to_contain_text("The passkey was not accepted.")


def test_a_student_takes_a_passkey_in_place_of_a_password(
    browser: Any, windows: list[Window], url: str, school: Enterprise, alice: User
) -> None:
    dina = create_person(school, "dina", Role.STUDENT)
    token = password_links.issue_link(person=dina, by=alice, delivery=Delivery.CARD).token
    window = open_window(windows, browser, url, "telephone")
    window.go(f"/password/{token}/")
    window.check("link")
    window.passkey_button().click()
    window.page.wait_for_url("**/account/recovery-codes/")
    window.check("codes")
    window.page.locator("main form button[type=submit]").click()
    window.sign_out()
    window.passkey_button().click()
    window.page.wait_for_url(f"{url}/")
    dina.refresh_from_db()
    assert not dina.has_usable_password()
    window.go(f"/password/{token}/")
    expect(window.page.get_by_role("heading", level=1)).to_have_text("This link does not work")
