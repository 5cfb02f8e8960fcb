"""Identify the sender of a callback and store its body: in the database, or in the spool on disk.

Nothing is interpreted here; `processing` does that later.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection
from django.utils import timezone

from console.failpoints import point
from console.inbox import database_timeout, spool
from console.inbox.events import ParsedEvent, parse_event, unreadable_event
from console.vault.keyring import VaultError

STORED = point("inbox.stored", "the row is committed, the sender has no answer yet")
SPOOLED = point("inbox.spooled", "the event is on disk, the sender has no answer yet")

log = logging.getLogger(__name__)
#: Raised while the database is unavailable: connection refused or lost, starting, disk full, read-only.
DATABASE_UNAVAILABLE = (DatabaseError, InterfaceError)
KEY_CACHE_S = 60
#: How long cached keys are used while the database is unavailable.
STALE_KEY_CACHE_S = 24 * 3600


class EventNotStored(Exception):
    """Neither database nor disk stored the event. It must not be acknowledged, so that it is sent again."""


class UnknownSchool(Exception):
    """The school was removed since its callback address was last looked up."""


@dataclass(frozen=True)
class CallbackSender:
    """The school behind a callback address, with the keys that may have signed; cached at `loaded_at`."""

    enterprise_id: int
    sdkappid: int
    keys: tuple[str, ...]
    loaded_at: float

    def __repr__(self) -> str:
        return f"Sender({self.sdkappid})"


_sender_cache: dict[str, CallbackSender] = {}
_lock = threading.Lock()


def find_sender(path_token: str) -> CallbackSender | None:
    """Return the school behind a callback address, or None if there is none.

    The result is cached for `KEY_CACHE_S`, and for `STALE_KEY_CACHE_S` while the database is unavailable. If
    nothing is cached then, the database's error is raised.
    """
    cached = _sender_cache.get(path_token)
    age = time.monotonic() - cached.loaded_at if cached else float("inf")
    if age < KEY_CACHE_S:
        return cached
    if cached and age < STALE_KEY_CACHE_S and database_timeout.is_unresponsive():
        return cached
    try:
        with database_timeout.limit_database_time():
            school = apps.get_model("accounts.Enterprise").objects.filter(callback_token=path_token).first()
    except DATABASE_UNAVAILABLE:
        _drop_connection()
        if age < STALE_KEY_CACHE_S:
            return cached
        raise
    if school is None:
        return None
    sender = CallbackSender(school.pk, school.sdkappid, tuple(school.keys()), time.monotonic())
    with _lock:
        _sender_cache[path_token] = sender
    return sender


def clear_sender_cache() -> None:
    """Clear the cached keys; called when a key or an address changes in this process."""
    with _lock:
        _sender_cache.clear()


def store_or_spool(sender: CallbackSender, raw: bytes) -> bool:
    """Store a body durably, so that it may be acknowledged. Return True if it is in the database.

    Raise EventNotStored if neither the database nor the disk stored it, and UnknownSchool if its school no
    longer exists.
    """
    now = timezone.now()
    if _try_store(sender.enterprise_id, raw, now):
        STORED.hit()
        return True
    try:
        spool.append_event(sender.enterprise_id, raw, now)
    except (OSError, spool.SpoolError, VaultError) as error:
        log.error("a callback of school %s was not kept: %s", sender.sdkappid, error)
        raise EventNotStored from error
    log.warning("the database is away: a callback of school %s is in the spool", sender.sdkappid)
    SPOOLED.hit()
    return False


def _try_store(enterprise_id: int, raw: bytes, now: datetime) -> bool:
    """Return whether the database stored the body. Reconnect once if the connection is broken."""
    for _ in range(2):
        if database_timeout.is_unresponsive():
            return False
        try:
            with database_timeout.limit_database_time():
                # Skip Django's health check query: the statement itself shows whether the connection works.
                database: Any = connection
                database.health_check_done = True
                store_event(enterprise_id, raw, now)
            return True
        except DATABASE_UNAVAILABLE as error:
            log.warning("the database did not take a callback: %s", type(error).__name__)
            _drop_connection()
    return False


def _drop_connection() -> None:
    """Close the connection, so that the next use opens a new one. Leave it open inside a transaction."""
    if not connection.in_atomic_block:
        connection.close()


_STORE = """
INSERT INTO inbox_callback (enterprise_id, fingerprint, event, class_id, body, unreadable, state, reason,
    deliveries, received_at, last_delivery_at, due_at, attempts)
VALUES (%s, %s, %s, %s, %s::jsonb, %s, 'waiting', '', 1, %s, %s, %s, 0)
ON CONFLICT (enterprise_id, fingerprint) DO UPDATE SET
    deliveries = inbox_callback.deliveries + 1,
    received_at = least(inbox_callback.received_at, excluded.received_at),
    last_delivery_at = greatest(inbox_callback.last_delivery_at, excluded.last_delivery_at)
"""
_REARM = """,
    due_at = excluded.due_at,
    state = CASE WHEN inbox_callback.state = 'done' THEN 'waiting' ELSE inbox_callback.state END
"""


def store_event(enterprise_id: int, raw: bytes, received_at: datetime) -> None:
    """Store one row per distinct event. A repeat counts as a delivery and schedules processing again.

    JSON that PostgreSQL cannot store is kept as text. Raise UnknownSchool if the school no longer exists.
    """
    try:
        try:
            _insert_callback(enterprise_id, parse_event(raw), received_at)
        except DataError:
            _insert_callback(enterprise_id, unreadable_event(raw), received_at)
    except IntegrityError as error:
        clear_sender_cache()
        raise UnknownSchool from error


def _insert_callback(enterprise_id: int, event: ParsedEvent, received_at: datetime) -> None:
    columns = event.fingerprint, event.name, event.class_id, event.stored, event.unreadable
    values = [enterprise_id, *columns]
    with connection.cursor() as cursor:
        cursor.execute(_STORE + _REARM, [*values, received_at, received_at, timezone.now()])
