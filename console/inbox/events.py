"""Parse untrusted callback bodies. Every body results in a ParsedEvent."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from console.inputs.bounds import exceeds_nesting

#: The largest body that is read, in bytes.
MAX_BODY_BYTES = 1024 * 1024
#: Levels of nested lists and objects. Events have three; a deeper body is kept as text.
MAX_DEPTH = 32


@dataclass(frozen=True)
class ParsedEvent:
    """A parsed body. `body` is None if it is not JSON that PostgreSQL can store.

    `stored` is the JSON text for the database, `unreadable` the text of a body that cannot be stored as JSON.
    """

    name: str
    class_id: str
    body: Any
    unreadable: str
    fingerprint: str
    stored: str | None = None


def parse_event(raw: bytes) -> ParsedEvent:
    """Parse a body. The fingerprint is the same for every delivery of one event."""
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_reject_constant)
        if exceeds_nesting(body, MAX_DEPTH):
            return unreadable_event(raw)
        # A number beyond the range of a float is read as infinity, which JSON in PostgreSQL cannot hold.
        canonical = json.dumps(
            body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        whole = canonical.encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeError is a ValueError
        return unreadable_event(raw)
    if "\\u0000" in canonical:
        canonical = canonical.replace("\\u0000", "\\ufffd")
        body = json.loads(canonical)
    data = body.get("data") if isinstance(body, dict) else None
    return ParsedEvent(
        name=_bounded_text(body.get("event") if isinstance(body, dict) else "", 60),
        class_id=_class_id(data),
        body=body,
        unreadable="",
        fingerprint=hashlib.sha256(_identity_bytes(body, whole)).hexdigest(),
        stored=canonical,
    )


def unreadable_event(raw: bytes) -> ParsedEvent:
    """Return an event that keeps the body as text, for people to read."""
    text = raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    return ParsedEvent("", "", None, text, hashlib.sha256(raw).hexdigest())


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _class_id(data: Any) -> str:
    """Return the lesson's class ID, which `local_record_callback` has inside `record_info`."""
    if not isinstance(data, dict):
        return ""
    inner = data.get("record_info")
    return _bounded_text(data.get("class_id"), 64) or _bounded_text(
        inner.get("class_id") if isinstance(inner, dict) else "", 64
    )


def _bounded_text(value: Any, max_length: int) -> str:
    return str(value)[:max_length] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _identity_bytes(body: Any, whole: bytes) -> bytes:
    """Return the bytes that identify an event: its name and data, without an `expire_time` next to them."""
    if not isinstance(body, dict) or "event" not in body:
        return whole
    identity = {"event": body["event"], "data": body.get("data")}
    return json.dumps(identity, sort_keys=True, separators=(",", ":")).encode()
