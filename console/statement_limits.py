"""The longest that one statement may take: in requests, in workers, and in tasks that name it themselves.

A statement without a limit holds its locks for as long as it takes, and its process as well. Web, worker and
beat set `statement_timeout` for each connection that they open. Commands, such as `migrate`, have no limit.
"""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]


_limit_s = 0.0


def limit_statements(seconds: float) -> None:
    """Limit each statement of this process, on all connections that it opens from now on; 0 is no limit."""
    global _limit_s
    _limit_s = seconds
    connections.close_all()


@receiver(connection_created, dispatch_uid="console.statement_limits")
def set_limit(connection: Any, **_more: Any) -> None:
    """Set the limit of this process, if it has one, on a new connection."""
    if _limit_s:
        _set_timeout(connection, f"{_limit_s}s")


def limit_worker_statements(**_signal: Any) -> None:
    """A receiver for signals of Celery."""
    limit_statements(settings.WORKER_STATEMENT_TIMEOUT_S)


@contextmanager
def allow_long_statements() -> Iterator[None]:
    """Allow each statement in this context or function LONG_STATEMENT_TIMEOUT_S seconds.

    After an error the former limit is back, too: with the rollback of the transaction, or a new connection.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (before,) = cursor.fetchone()
    _set_timeout(connection, f"{settings.LONG_STATEMENT_TIMEOUT_S}s")
    try:
        yield
    except BaseException:
        if not connection.in_atomic_block:
            connection.close()
        raise
    _set_timeout(connection, before)


def is_statement_timeout(error: BaseException | None) -> bool:
    """Return whether an error says that a statement met its limit; log where in our code, if so."""
    if not isinstance(getattr(error, "__cause__", None), psycopg.errors.QueryCanceled):
        return False
    log.error("statement timeout", extra={"place": _place(error)})
    return True


def _set_timeout(of: Any, limit: str) -> None:
    with of.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])


def _place(error: BaseException | None) -> str:
    """Return file, line and function of the innermost frame in our packages."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))]
    if not ours:
        return ""
    last = ours[-1]
    return f"{Path(last.filename).relative_to(ROOT)}:{last.lineno} {last.name}"


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and ".venv" not in path.parts
