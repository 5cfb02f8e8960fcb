"""Reads from a standby (`DATABASE_REPLICA_URL`), by pages that write nothing; all else asks the primary.

    class ReportBase(SchoolView):
        reads_replica = True

A page reads there after `console.policy.views` has decided that its reader may open it. A session that wrote
keeps the position of its last write in the log of the primary, and reads from the standby once this has got
as far. Where the standby is behind, away or dies, the page is made from the primary instead.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from console.database_outage import is_outage

ALIAS = "replica"
#: Where a session keeps how far the log of the primary had got after its last write.
POSITION_KEY = "log_position"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Seconds for which nobody in this process asks a standby that failed.
PAUSE_S = 5.0
#: SQLSTATE of a statement that the standby ended because a change that it applied removed rows from under it.
RECOVERY_CONFLICT = "40001"
POSITION = "SELECT pg_current_wal_insert_lsn()::text"
#: Whether this is still a standby, has applied a position, and applied something in the last seconds. On a
#: primary at rest the last is false, and then its help is not needed.
STATE = """
    SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn,
        clock_timestamp() - pg_last_xact_replay_timestamp() <= make_interval(secs => %s)
"""
T = TypeVar("T")
_is_reading: ContextVar[bool] = ContextVar("reads_replica", default=False)
_next_try = 0.0


class ReplicaRouter:
    """Sends reads of a page that may read the standby there, and all else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return ALIAS if _is_reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Rows of both are the same."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class LogPositionMiddleware:
    """Keeps the position of the log in the session of each request that may have written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in SAFE_METHODS and request.session.session_key:
            with connection.cursor() as cursor:
                cursor.execute(POSITION)
                (request.session[POSITION_KEY],) = cursor.fetchone()
        return response


def read_from_replica(request: HttpRequest, make: Callable[[], T]) -> T | None:
    """Return what `make` makes of the standby; None if it has to be made from the primary.

    What it writes, such as that a file was fetched, is undone where the standby fails meanwhile.
    """
    if ALIAS not in connections.settings or time.monotonic() < _next_try:
        return None
    try:
        with transaction.atomic(), transaction.atomic(using=ALIAS):
            is_standby, is_current = _state(request.session.get(POSITION_KEY, "0/0"))
            if is_current:
                return _read(make)
    except (DatabaseError, InterfaceError) as error:
        if not is_outage(error) and getattr(error.__cause__, "sqlstate", "") != RECOVERY_CONFLICT:
            raise
        is_standby = False
    if not is_standby:
        _pause()
    return None


def _state(position: str) -> tuple[bool, bool]:
    """Return whether the server is a standby, and whether it is up to date for who wrote up to a position."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(STATE, [position, settings.REPLICA_MOST_LAG_S])
        is_standby, has_position, is_recent = cursor.fetchone()
    return is_standby, bool(is_standby and has_position and is_recent)


def _read(make: Callable[[], T]) -> T:
    before = _is_reading.set(True)
    try:
        return make()
    finally:
        _is_reading.reset(before)


def _pause() -> None:
    """Connect anew after a while: the address may lead to another server by then."""
    global _next_try
    _next_try = time.monotonic() + PAUSE_S
    connections[ALIAS].close()
