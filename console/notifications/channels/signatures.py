"""Signatures of messages to groups: to plain webhooks, and those that bots of DingTalk and Feishu require."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from django.utils import timezone


def signed_headers(key: str, body: bytes) -> dict[str, str]:
    """Return the headers of a signed JSON body; the receiver checks the time and the signature."""
    second = _now_ms() // 1000
    return {
        "Content-Type": "application/json",
        "X-Console-Timestamp": str(second),
        "X-Console-Signature": f"sha256={sign_body(key, body, second)}",
    }


def sign_body(key: str, body: bytes, second: int) -> str:
    """Return the HMAC-SHA256, in hex, over the second of sending, a full stop and the body."""
    return hmac.new(key.encode(), f"{second}.".encode() + body, hashlib.sha256).hexdigest()


def dingtalk_query(secret: str) -> str:
    """Return the part of the query by which a DingTalk bot with a secret recognises the sender."""
    stamp = str(_now_ms())
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return urlencode({"timestamp": stamp, "sign": base64.b64encode(digest).decode()})


def feishu_fields(secret: str) -> dict[str, str]:
    """Return the fields by which a Feishu bot with a secret recognises the sender: the text is the key."""
    stamp = str(_now_ms() // 1000)
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


def _now_ms() -> int:
    return int(timezone.now().timestamp() * 1000)
