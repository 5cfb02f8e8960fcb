"""Challenges for browsers: kept in the session for one purpose and one person, used up by an answer."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

CHALLENGE_KEY = "passkey_challenge"
#: How long a browser may take; its own dialog gives up earlier.
CHALLENGE_S = 300
#: Purposes: an answer to one is refused for another.
ADD, SIGN_IN, FACTOR, PROOF = "add", "sign_in", "factor", "proof"


class PasskeyRefused(Exception):
    """The answer of the browser is not accepted. The text is for the log, not for the person."""


def store_challenge(
    request: HttpRequest, purpose: str, person: User | None, state: Mapping[str, Any]
) -> None:
    """Keep the state of a new challenge; an earlier one stops working."""
    request.session[CHALLENGE_KEY] = {
        "challenge": state["challenge"],
        "user_verification": str(state["user_verification"]),
        "purpose": purpose,
        "person": person.pk if person else 0,
        "at": timezone.now().timestamp(),
    }


def take_challenge(request: HttpRequest, purpose: str, person: User | None) -> dict[str, Any]:
    """Remove and return the challenge. Raise PasskeyRefused if there is none for this purpose and person."""
    state: dict[str, Any] = request.session.pop(CHALLENGE_KEY, None) or {}
    if (state.get("purpose"), state.get("person")) != (purpose, person.pk if person else 0):
        raise PasskeyRefused("There is no challenge for this.")
    if timezone.now().timestamp() - state["at"] > CHALLENGE_S:
        raise PasskeyRefused("The challenge has expired.")
    return state
