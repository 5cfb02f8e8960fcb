"""A passkey in place of a password, by a password link."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.sign_in import password_links, second_factor
from accounts.sign_in.password_links import Delivery
from tests.accounts.sign_in.passkey_helpers import is_signed_in, options_of, passkeys_of, sign_in_with
from tests.accounts.sign_in.sign_in_helpers import add_second_factor, audit_actions, submit_sign_in
from tests.support.authenticator import SoftAuthenticator
from tests.support.page_client import client_for, page_says

pytestmark = pytest.mark.usefixtures("https")
PASSKEY = "/password/passkey/"


@pytest.fixture
def client(alice: User, bob: User) -> Client:
    """The browser in which Bob has opened his link."""
    token = password_links.issue_link(person=bob, by=alice, delivery=Delivery.CARD).token
    client = client_for()
    client.get(f"/password/{token}/")
    return client


def test_it_signs_in_and_ends_the_former_password(client: Client, bob: User, clock: Any) -> None:
    assert page_says(client.get("/password/"), "Create a passkey instead", "zh-hans")
    device = SoftAuthenticator()
    answer = client.post(PASSKEY, {"passkey": device.create(options_of(client, PASSKEY))})
    assert answer["Location"] == "/account/recovery-codes/"
    assert client.get(answer["Location"]).status_code == 200, "whoever loses the device needs them"
    assert is_signed_in(client)
    assert len(passkeys_of(bob)) == 1
    assert submit_sign_in(client_for(), bob.login).status_code == 200
    assert audit_actions().count("person.passkey_added") == 1
    clock.shift(1)
    assert sign_in_with(client_for(), device)["Location"] == "/"


def test_the_link_works_once(client: Client, bob: User) -> None:
    options = options_of(client, PASSKEY)
    client.post(PASSKEY, {"passkey": SoftAuthenticator().create(options)})
    client.post("/sign-out/")
    assert client.post(f"{PASSKEY}options/").status_code == 404
    assert client.post(PASSKEY, {"passkey": "{}"}).status_code == 404
    assert len(passkeys_of(bob)) == 1


def test_a_refused_answer_leaves_the_link_open(client: Client, bob: User) -> None:
    options = options_of(client, PASSKEY)
    wrong = SoftAuthenticator().create(options, origin="https://evil.example")
    assert client.post(PASSKEY, {"passkey": wrong})["Location"] == "/password/"
    assert page_says(
        client.get("/password/"), "The passkey was not accepted. Try again, or use another way.", "zh-hans"
    )
    device = SoftAuthenticator()
    client.post(PASSKEY, {"passkey": device.create(options_of(client, PASSKEY))})
    assert len(passkeys_of(bob)) == 1


def test_a_link_never_replaces_a_second_factor(client: Client, bob: User, clock: Any) -> None:
    options = options_of(client, PASSKEY)
    add_second_factor(bob)
    assert not page_says(client.get("/password/"), "Create a passkey instead", "zh-hans")
    assert client.post(f"{PASSKEY}options/").status_code == 404
    answer = client.post(PASSKEY, {"passkey": SoftAuthenticator().create(options)})
    assert answer.status_code == 404
    assert passkeys_of(bob) == []
    assert second_factor.has_app(bob)
    assert not is_signed_in(client)
