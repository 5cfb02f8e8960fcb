"""Masking of contacts and of the secret part of callback addresses."""

import re
from typing import Any

#: The token in the path authorises a caller to post callbacks.
_CALLBACK = re.compile(r"(/callbacks/iclass/)[\w-]+", re.ASCII)


def mask(value: str) -> str:
    """`13812345678` → `138****5678`, `alice@example.com` → `a***@example.com`, anything short → `***`.

    >>> mask("13812345678"), mask("alice@example.com"), mask("4711")
    ('138****5678', 'a***@example.com', '***')
    """
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if len(value) >= 9:
        return f"{value[:3]}****{value[-4:]}"
    return "***"


def without_callback_token(value: Any) -> Any:
    """Replace the tokens of callback addresses in a value, or in a list or dict of values.

    >>> without_callback_token({"call_back_url": "https://x.example/callbacks/iclass/s3cret/"})
    {'call_back_url': 'https://x.example/callbacks/iclass/***/'}
    """
    if isinstance(value, str):
        return _CALLBACK.sub(r"\1***", value)
    if isinstance(value, dict):
        return {name: without_callback_token(inner) for name, inner in value.items()}
    return [without_callback_token(inner) for inner in value] if isinstance(value, list) else value
