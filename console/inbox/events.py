"""Reading a body that nobody vouches for: whatever it holds, an Event comes back."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from console.inbox.points import FINGERPRINT

#: Bytes of a body that we are willing to read.
BODY_CAP = 1024 * 1024


@dataclass(frozen=True)
class Event:
    """A body as far as it could be read. `body` is None where it is not JSON that a database holds.

    `stored` is the body as the database takes it.
    """

    name: str
    class_id: str
    body: Any
    unreadable: str
    fingerprint: str
    stored: str | None = None


def read_event(raw: bytes) -> Event:
    """Take a body apart. Its fingerprint is the same for every delivery of one event."""
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        # A number beyond a float's range is no NaN in the text, yet no database takes what it becomes.
        canonical = json.dumps(
            body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        whole = canonical.encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeError is a ValueError
        return as_unreadable(raw)
    if "\\u0000" in canonical:
        canonical = canonical.replace("\\u0000", "\\ufffd")
        body = json.loads(canonical)
    data = body.get("data") if isinstance(body, dict) else None
    event = Event(
        name=_text(body.get("event") if isinstance(body, dict) else "", 60),
        class_id=_class_id(data),
        body=body,
        unreadable="",
        fingerprint=hashlib.sha256(_essence(body, whole)).hexdigest(),
        stored=canonical,
    )
    return event if FINGERPRINT.up else replace(event, fingerprint=uuid4().hex)


def as_unreadable(raw: bytes) -> Event:
    """An event that is kept as text, for people to read."""
    text = raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    return Event("", "", None, text, hashlib.sha256(raw).hexdigest())


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _class_id(data: Any) -> str:
    """The lesson's number; `local_record_callback` tells it inside `record_info`."""
    if not isinstance(data, dict):
        return ""
    inner = data.get("record_info")
    return _text(data.get("class_id"), 64) or _text(
        inner.get("class_id") if isinstance(inner, dict) else "", 64
    )


def _text(value: Any, most: int) -> str:
    return str(value)[:most] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _essence(body: Any, whole: bytes) -> bytes:
    """What makes an event the same event: its name and data, not an `expire_time` beside them."""
    if not isinstance(body, dict) or "event" not in body:
        return whole
    essence = {"event": body["event"], "data": body.get("data")}
    return json.dumps(essence, sort_keys=True, separators=(",", ":")).encode()
