"""Receiving: verify, store under a unique fingerprint, acknowledge. Nothing is understood here."""

import hashlib
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

#: Bytes of a body that we are willing to read.
BODY_CAP = 1024 * 1024
KEYS_FOR_S = 60


@dataclass(frozen=True)
class Sender:
    """A school as the receiver knows it: its row, its SDKAppID, the keys that may have signed."""

    enterprise_id: int
    sdkappid: int
    keys: tuple[str, ...]
    learnt: float

    def __repr__(self) -> str:
        return f"Sender({self.sdkappid})"


_senders: dict[str, Sender] = {}
_lock = threading.Lock()


def sender_of(path_token: str) -> Sender | None:
    """The school behind a callback address, from memory for up to a minute."""
    known = _senders.get(path_token)
    if known and time.monotonic() - known.learnt < KEYS_FOR_S:
        return known
    school = apps.get_model("accounts.Enterprise").objects.filter(callback_token=path_token).first()
    if school is None:
        return None
    sender = Sender(school.pk, school.sdkappid, tuple(school.keys()), time.monotonic())
    with _lock:
        _senders[path_token] = sender
    return sender


def forget_senders() -> None:
    """Drop what is remembered of keys; called when a key or an address changes in this process."""
    with _lock:
        _senders.clear()


@dataclass(frozen=True)
class Event:
    """A body as far as it could be read. `body` is None where it is not JSON that a database holds."""

    name: str
    class_id: str
    body: Any
    unreadable: str
    fingerprint: str


def read_event(raw: bytes) -> Event:
    """Take a body apart; whatever it holds, an Event comes back."""
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        stored = canonical.encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeError is a ValueError
        text = raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
        return Event("", "", None, text, hashlib.sha256(raw).hexdigest())
    body = json.loads(canonical.replace("\\u0000", "\\ufffd"))
    data = body.get("data") if isinstance(body, dict) else None
    return Event(
        name=_text(body.get("event") if isinstance(body, dict) else "", 60),
        class_id=_text(data.get("class_id") if isinstance(data, dict) else "", 64),
        body=body,
        unreadable="",
        fingerprint=hashlib.sha256(_essence(body, stored)).hexdigest(),
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _text(value: Any, most: int) -> str:
    return str(value)[:most] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _essence(body: Any, whole: bytes) -> bytes:
    """What makes an event the same event: its name and data, not an `expire_time` beside them."""
    if not isinstance(body, dict) or "event" not in body:
        return whole
    essence = {"event": body["event"], "data": body.get("data")}
    return json.dumps(essence, sort_keys=True, separators=(",", ":")).encode()


_STORE = """
INSERT INTO inbox_callback (enterprise_id, fingerprint, event, class_id, body, unreadable, state, reason,
    deliveries, received_at, last_delivery_at, due_at, attempts)
VALUES (%s, %s, %s, %s, %s::jsonb, %s, 'waiting', '', 1, %s, %s, %s, 0)
ON CONFLICT (enterprise_id, fingerprint) DO UPDATE SET
    deliveries = inbox_callback.deliveries + 1,
    last_delivery_at = excluded.last_delivery_at,
    due_at = excluded.due_at,
    state = CASE WHEN inbox_callback.state = 'done' THEN 'waiting' ELSE inbox_callback.state END
"""


def store(sender: Sender, event: Event) -> None:
    """One row a distinct event; a repeat counts as a delivery and asks for another look."""
    now = timezone.now()
    body = None if event.unreadable else json.dumps(event.body)
    values = [sender.enterprise_id, event.fingerprint, event.name, event.class_id, body, event.unreadable]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [*values, now, now, now])
