"""What tests do with passkeys: add one by its page, sign in with it, and look at the answer."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.support.authenticator import SoftAuthenticator

SIGN_IN, ADD, CODE = "/sign-in/passkey/", "/account/passkeys/new/", "/sign-in/code/"
REFUSED = "The passkey was not accepted. Try again, or use another way."


def options_of(client: Client, address: str) -> dict[str, Any]:
    answer = client.post(f"{address}options/")
    assert answer.status_code == 200, answer.content
    options: dict[str, Any] = answer.json()
    return options


def add_passkey(client: Client, device: SoftAuthenticator, name: str = "Phone") -> HttpResponse:
    """Add a passkey as a person does, by its page."""
    return client.post(ADD, {"name": name, "passkey": device.create(options_of(client, ADD))})


def sign_in_with(client: Client, device: SoftAuthenticator, **more: Any) -> HttpResponse:
    """Sign in with a passkey alone."""
    return client.post(SIGN_IN, {"passkey": device.use(options_of(client, SIGN_IN)), **more})


def passkeys_of(person: User) -> list[str]:
    rows = Authenticator.objects.filter(user=person, type="webauthn").order_by("pk")
    return [row.data["name"] for row in rows]


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200
