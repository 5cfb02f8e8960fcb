"""Receiving: know the sender, keep the event (in the table, else on the disk). Nothing is understood here."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection
from django.utils import timezone

from console.inbox import patience, spool
from console.inbox.events import Event, as_unreadable, read_event
from console.inbox.points import ACK_AFTER_STORE, REARM, SPOOL, SPOOLED, STORED
from console.vault.errors import VaultError

log = logging.getLogger(__name__)
#: What the database raises while it is away: refused, cut off, starting, full, read-only.
AWAY = (DatabaseError, InterfaceError)
KEYS_FOR_S = 60
#: How long keys are good while nobody can be asked for newer ones.
KEYS_AWAY_FOR_S = 24 * 3600


class NotKept(Exception):
    """Neither database nor disk took the event: it must not be acknowledged, so that it is sent again."""


class NoSuchSchool(Exception):
    """The school was removed since its address was last looked up."""


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
    """The school behind a callback address: from memory for a minute, for a day while the database is away.

    Raises what the database raises where it is away and memory has nothing.
    """
    known = _senders.get(path_token)
    age = time.monotonic() - known.learnt if known else float("inf")
    if age < KEYS_FOR_S:
        return known
    if known and age < KEYS_AWAY_FOR_S and patience.hangs():
        return known
    try:
        with patience.limited():
            school = apps.get_model("accounts.Enterprise").objects.filter(callback_token=path_token).first()
    except AWAY:
        _drop_connection()
        if age < KEYS_AWAY_FOR_S:
            return known
        raise
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


def keep(sender: Sender, raw: bytes) -> bool:
    """Keep a body for good: when this returns, it may be acknowledged. True where it is in the table.

    NotKept where neither the database nor the disk took it, NoSuchSchool where its school is gone.
    """
    now = timezone.now()
    if _stored(sender.enterprise_id, raw, now):
        STORED.hit()
        return True
    try:
        if not SPOOL.up:
            raise spool.SpoolError("switched off")
        spool.append(sender.enterprise_id, raw, now)
    except (OSError, spool.SpoolError, VaultError) as error:
        log.error("a callback of school %s was not kept: %s", sender.sdkappid, error)
        if ACK_AFTER_STORE.up:
            raise NotKept from error
        return False
    log.warning("the database is away: a callback of school %s is in the spool", sender.sdkappid)
    SPOOLED.hit()
    return False


def _stored(enterprise_id: int, raw: bytes, now: datetime) -> bool:
    """Whether the table took it; a connection that broke since its last use is opened anew once."""
    for _ in range(2):
        if patience.hangs():
            return False
        try:
            with patience.limited():
                # Whether the connection still lives need not be asked before: the statement will tell.
                connection.health_check_done = True
                store(enterprise_id, raw, now)
            return True
        except AWAY as error:
            log.warning("the database did not take a callback: %s", type(error).__name__)
            _drop_connection()
    return False


def _drop_connection() -> None:
    """So that the next use opens a new one. Inside a transaction it is its owner's to close."""
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


def store(enterprise_id: int, raw: bytes, received_at: datetime) -> None:
    """One row a distinct event; a repeat counts as a delivery and asks for another look.

    What JSON can say and the database cannot hold is kept as text. NoSuchSchool where the school is gone.
    """
    try:
        try:
            _insert(enterprise_id, read_event(raw), received_at)
        except DataError:
            _insert(enterprise_id, as_unreadable(raw), received_at)
    except IntegrityError as error:
        forget_senders()
        raise NoSuchSchool from error


def _insert(enterprise_id: int, event: Event, received_at: datetime) -> None:
    told = event.fingerprint, event.name, event.class_id, event.stored, event.unreadable
    values = [enterprise_id, *told]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE + (_REARM if REARM.up else ""), [*values, received_at, received_at, timezone.now()]
        )
