"""Who resets a password is asked about the passkeys, which end by default, and the second factor stays."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.sign_in import password_links, second_factor
from accounts.sign_in.password_links import Delivery
from accounts.sign_in.services import change_password
from console.notifications.models import Notification
from tests.accounts.sign_in.passkey_helpers import (
    CODE,
    add_passkey,
    is_signed_in,
    passkeys_of,
    sign_in_with,
)
from tests.accounts.sign_in.sign_in_helpers import (
    SECRET,
    add_second_factor,
    audit_actions,
    submit_sign_in,
    totp_code,
)
from tests.support.authenticator import SoftAuthenticator
from tests.support.page_client import LANGUAGES, client_for, page_says

pytestmark = pytest.mark.usefixtures("https")
NEW = "croquet at half past four"
Reset = Callable[..., HttpResponse]


def opened_link(bob: User, alice: User) -> Client:
    token = password_links.issue_link(person=bob, by=alice, delivery=Delivery.CARD).token
    client = client_for()
    client.get(f"/password/{token}/")
    return client


def by_link(bob: User, alice: User, **more: str) -> HttpResponse:
    fields = {"new_password1": NEW, "new_password2": NEW}
    return opened_link(bob, alice).post("/password/", fields | more)


def by_an_administrator(bob: User, alice: User, **more: str) -> HttpResponse:
    fields = {"nickname": bob.nickname, "role": bob.role, "password": NEW}
    return client_for(alice).post(f"/people/{bob.pk}/edit/", fields | more)


RESETS = {"link": by_link, "administrator": by_an_administrator}


@pytest.fixture
def phone(bob: User) -> SoftAuthenticator:
    device = SoftAuthenticator()
    add_passkey(client_for(bob), device)
    return device


@pytest.fixture(params=RESETS)
def reset(request: Any) -> Reset:
    return RESETS[request.param]


def test_by_default_they_end_and_a_recovery_code_is_asked_for_once(
    phone: SoftAuthenticator, reset: Reset, bob: User, alice: User
) -> None:
    codes = second_factor.unused_recovery_codes(bob)
    assert reset(bob, alice).status_code == 302
    assert passkeys_of(bob) == []
    assert not is_signed_in(_tried(phone))
    assert audit_actions().count("person.passkey_removed") == 1
    assert Notification.objects.filter(kind="passkey.removed", person=bob).count() == 1
    client = client_for()
    assert submit_sign_in(client, bob.login, NEW)["Location"] == CODE
    assert page_says(client.get(CODE), "Now enter a recovery code.")
    assert client.post(CODE, {"code": codes[0]})["Location"] == "/"
    assert not Authenticator.objects.filter(user=bob).exists(), "what the code stood for is gone"
    assert submit_sign_in(client_for(), bob.login, NEW)["Location"] == "/"


def test_they_stay_if_one_says_so(phone: SoftAuthenticator, reset: Reset, bob: User, alice: User) -> None:
    reset(bob, alice, keep_passkeys="on")
    assert passkeys_of(bob) == ["Phone"]
    assert is_signed_in(_tried(phone))


def test_the_code_of_the_app_is_still_asked_for(
    phone: SoftAuthenticator, reset: Reset, bob: User, alice: User, clock: Any
) -> None:
    app = add_second_factor(bob)
    reset(bob, alice)
    assert passkeys_of(bob) == []
    client = client_for()
    submit_sign_in(client, bob.login, NEW)
    assert page_says(client.get(CODE), "Now enter the code from your app.")
    client.post(CODE, {"code": totp_code(SECRET, 1)})
    assert is_signed_in(client)
    assert second_factor.has_app(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_them_and_asks_nobody_who_has_none(
    phone: SoftAuthenticator, bob: User, dina: User, alice: User, language: str
) -> None:
    User.objects.filter(pk=bob.pk).update(language=language)
    edit = client_for(alice, language).get(f"/people/{bob.pk}/edit/")
    assert page_says(edit, "Keep the passkeys", language)
    pages = [opened_link(bob, alice).get("/password/"), edit]
    assert ["Phone" in page.context["form"].fields["keep_passkeys"].help_text for page in pages] == [True] * 2
    assert page_says(pages[0], "Keep my passkeys", language)
    for page in (
        opened_link(dina, alice).get("/password/"),
        client_for(alice).get(f"/people/{dina.pk}/edit/"),
    ):
        assert "keep_passkeys" not in page.context["form"].fields


def test_a_role_that_needs_a_second_factor_sets_up_a_new_one(
    strict: None, clock: Any, alice: User, quinn: User
) -> None:
    add_passkey(client_for(alice), SoftAuthenticator())
    codes = second_factor.unused_recovery_codes(alice)
    by_link(alice, quinn)
    client = client_for()
    submit_sign_in(client, alice.login, NEW)
    client.post(CODE, {"code": codes[0]})
    assert client.get("/people/")["Location"].startswith("/account/second-factor/")


def test_ones_own_change_of_the_password_ends_none(phone: SoftAuthenticator, bob: User) -> None:
    change_password(person=bob, password=NEW, by=bob)
    assert passkeys_of(bob) == ["Phone"]


def _tried(phone: SoftAuthenticator) -> Client:
    client = client_for()
    sign_in_with(client, phone)
    return client
