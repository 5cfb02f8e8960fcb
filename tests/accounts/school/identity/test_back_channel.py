"""Sign-out by the provider (OpenID Connect Back-Channel Logout 1.0)."""

import time
from typing import Any

import pytest
from django.test import Client

from accounts.models import IdentityProvider, User
from tests.accounts.school.identity.oidc_provider import CLIENT, OidcProvider, new_key
from tests.accounts.school.identity.sign_in_steps import sign_in_with, start_url
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}


def logout_token(provider: OidcProvider, **changes: Any) -> str:
    now = int(time.time())
    body = {"iss": provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j", "events": EVENT}
    body |= {"sub": "s-1", "sid": "one"} | changes
    body = {name: value for name, value in body.items() if value is not None}
    return provider.sign(body, {"alg": "RS256", "typ": "logout+jwt", "kid": "one"})


def send(row: IdentityProvider, token: str) -> int:
    return client_for().post(f"{start_url(row)}sign-out/", {"logout_token": token}).status_code


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.fixture
def sessions(provider: OidcProvider, row: IdentityProvider, bob: User) -> dict[str, Client]:
    """Two sessions with the provider, and one with the password."""
    clients = {}
    for sid in ("one", "two"):
        provider.claims = {"preferred_username": "bob", "sid": sid}
        clients[sid] = client_for()
        sign_in_with(provider, row, clients[sid])
    return clients | {"password": client_for(bob)}


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, ["two", "password"]),
        ({"sub": None}, ["two", "password"]),
        ({"sid": None}, ["password"]),
        ({"sid": "three"}, ["one", "two", "password"]),
        ({"sub": "s-2"}, ["one", "two", "password"]),
    ],
    ids=["account and session", "session", "account", "another session", "another account"],
)
def test_a_logout_token_ends_what_it_names(
    provider: OidcProvider,
    row: IdentityProvider,
    sessions: dict[str, Client],
    changes: dict[str, Any],
    left: list[str],
) -> None:
    assert send(row, logout_token(provider, **changes)) == 200
    assert [name for name, client in sessions.items() if is_in(client)] == left


def test_a_token_that_is_sent_again_ends_nothing_that_began_later(
    provider: OidcProvider, row: IdentityProvider, sessions: dict[str, Client]
) -> None:
    token = logout_token(provider, iat=int(time.time()) - 300)
    assert send(row, token) == 200
    assert is_in(sessions["one"])


INVALID: list[dict[str, Any]] = [
    {"iss": "https://elsewhere.example"},
    {"aud": "another"},
    {"nonce": "n"},
    {"events": {}},
    {"events": "x"},
    {"jti": None},
    {"sub": None, "sid": None},
    {"sid": 7},
    {"exp": 1_000_000_000},
    {"iat": 1_000_000_000},
    {"exp": None},
]


def test_an_invalid_token_ends_nothing(
    provider: OidcProvider, row: IdentityProvider, sessions: dict[str, Client], settings: Any
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = len(INVALID) + 1
    answers = {str(changes): send(row, logout_token(provider, **changes)) for changes in INVALID}
    assert answers == dict.fromkeys(map(str, INVALID), 400)
    assert all(map(is_in, sessions.values()))


def test_a_token_of_another_key_ends_nothing(
    provider: OidcProvider, row: IdentityProvider, sessions: dict[str, Client]
) -> None:
    provider.signing_key = new_key()
    for token in (logout_token(provider), "", "x.y.z"):
        assert send(row, token) == 400
    assert all(map(is_in, sessions.values()))


def test_who_sends_many_invalid_tokens_is_asked_to_wait(
    provider: OidcProvider, row: IdentityProvider, settings: Any
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    assert [send(row, "x") for _ in range(4)] == [400, 400, 400, 429]
    assert client_for().get("/sign-in/").status_code == 200
