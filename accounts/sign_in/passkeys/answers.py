"""Read the JSON that a browser sends as its answer; invalid input of any kind raises PasskeyRefused."""

import json
import struct
from typing import Any

from accounts.sign_in.passkeys.challenges import PasskeyRefused
from console.lazy_import import LazyModule

# Five megabytes in each process, and most requests need none of it.
webauthn = LazyModule("fido2.webauthn")

#: More than an answer with a certificate of its maker needs.
MAX_ANSWER_CHARS = 20_000
#: What the parsers of the library raise on invalid input.
PARSE_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    RecursionError,
    struct.error,
)


def parse_registration(text: str) -> Any:
    """Return the answer to a request to create a passkey (RegistrationResponse)."""
    return _parse(text, "RegistrationResponse")


def parse_assertion(text: str) -> Any:
    """Return the answer to a request to use a passkey (AuthenticationResponse)."""
    return _parse(text, "AuthenticationResponse")


def storable(registration: Any) -> dict[str, Any]:
    """Return what is stored of a new passkey, in the format of django-allauth."""
    given = dict(registration)
    response = given["response"]
    return {
        "id": given["id"],
        "rawId": given["rawId"],
        "type": "public-key",
        "response": {name: response[name] for name in ("clientDataJSON", "attestationObject")},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def _parse(text: str, model: str) -> Any:
    if len(text) > MAX_ANSWER_CHARS:
        raise PasskeyRefused("The answer is too long.")
    try:
        parsed = getattr(webauthn, model).from_dict(json.loads(text))
    except PARSE_ERRORS as error:
        raise PasskeyRefused(f"The answer cannot be read: {type(error).__name__}.") from None
    if parsed is None:
        raise PasskeyRefused("The answer is empty.")
    return parsed
