"""A body as it may be shown: what opens a door is taken out, the rest stays readable."""

import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

GONE = "***"
#: Parts of a field's name that say that its value opens a door.
_SECRET = frozenset(
    {"token", "sig", "sign", "signature", "password", "secret", "key", "ticket", "credential"}
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_QUERY = re.compile(r"(https?://[^\s\"'<>?#]+)[?#][^\s\"'<>]*", re.IGNORECASE)
_PAIR = re.compile(
    r"([\w-]*(?:token|sig|sign|signature|password|secret|key|ticket|credential)[\"']?\s*[:=]\s*)"
    r"(\"[^\"]*\"?|'[^']*'?|[^\s,;&}]+)",
    re.IGNORECASE,
)


def redacted(body: Any) -> str:
    """The body as indented JSON, without secrets and without what stands behind the `?` of an address."""
    return json.dumps(_clean(body), ensure_ascii=False, indent=2, sort_keys=True)


def redacted_text(text: str) -> str:
    """The same of a body that is no JSON: whatever looks like a secret and its value."""
    return _PAIR.sub(rf"\1{GONE}", _QUERY.sub(rf"\1?{GONE}", text))


def _clean(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: GONE if _opens(key) else _clean(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return _without_query(value) if isinstance(value, str) else value


def _opens(name: str) -> bool:
    return any(word.lower() in _SECRET for word in _WORD.findall(name))


def _without_query(text: str) -> str:
    """An address keeps the way to its file; its query and login are what would open it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return redacted_text(text)
    if not parts.scheme or not parts.netloc:
        return redacted_text(text)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        (parts.scheme, host, parts.path, GONE if parts.query else "", GONE if parts.fragment else "")
    )
