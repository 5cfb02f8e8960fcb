"""Redact credentials in callback bodies before they are shown."""

import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MASK = "***"
#: Values nested deeper are replaced: Python's recursion limit is a few hundred levels.
MAX_DEPTH, TOO_DEEP = 32, "…"
#: Words in a field's name that mark its value as a credential.
_SECRET_WORDS = frozenset(
    {"token", "sig", "sign", "signature", "password", "secret", "key", "ticket", "credential"}
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
# Possessive quantifiers (`++`, `*+`) avoid backtracking and each match starts at the secret word, so that the
# time is linear in the length of the body.
_ADDRESS = re.compile(r"(https?://[^\s\"'<>?#]++)([?#][^\s\"'<>]*+)?+", re.IGNORECASE)
_PAIR = re.compile(
    r"((?:token|sig|sign|signature|password|secret|key|ticket|credential)[\"']?+\s*+[:=]\s*+)"
    r"(\"[^\"]*+\"?+|'[^']*+'?+|[^\s,;&}]++)",
    re.IGNORECASE,
)


def redact_body(body: Any) -> str:
    """Return the body as indented JSON, without credentials and without the query of URLs."""
    return json.dumps(_redact_value(body), ensure_ascii=False, indent=2, sort_keys=True)


def redact_text(text: str) -> str:
    """Redact a body that is not JSON: URL queries and anything that looks like a credential."""
    return _PAIR.sub(rf"\1{MASK}", _ADDRESS.sub(_strip_query, text))


def _strip_query(url: "re.Match[str]") -> str:
    return f"{url[1]}?{MASK}" if url[2] else url[0]


def _redact_value(value: Any, levels: int = MAX_DEPTH) -> Any:
    if isinstance(value, dict | list) and value and not levels:
        return TOO_DEEP
    if isinstance(value, dict):
        return {
            key: MASK if _is_secret_name(key) else _redact_value(inner, levels - 1)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_redact_value(inner, levels - 1) for inner in value]
    return _redact_url(value) if isinstance(value, str) else value


def _is_secret_name(name: str) -> bool:
    return any(word[0].lower() in _SECRET_WORDS for word in _WORD.finditer(name))


def _redact_url(text: str) -> str:
    """Keep host and path of a URL; remove its credentials, query and fragment."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return redact_text(text)
    if not parts.scheme or not parts.netloc:
        return redact_text(text)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        (parts.scheme, host, parts.path, MASK if parts.query else "", MASK if parts.fragment else "")
    )
