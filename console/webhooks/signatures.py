"""Signatures of Standard Webhooks 1.0 (symmetric, `v1`).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
#: Bytes of a secret that we make; the specification asks for 24 to 64.
SECRET_BYTES = 32


def create_secret() -> str:
    """Return a new secret in the form that libraries of Standard Webhooks take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, second: int, body: bytes) -> str:
    """Return one signature: `v1,` and the HMAC-SHA256 over ID, second of sending and body, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{second}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def signed_headers(secrets_: Iterable[str], message_id: str, second: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message that is signed with each of the secrets."""
    return {
        "content-type": "application/json",
        "user-agent": "iclass-console",
        "webhook-id": message_id,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(sign(one, message_id, second, body) for one in secrets_),
    }
