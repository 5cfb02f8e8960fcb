"""Settings of PostgreSQL for one transaction: the role and school of a request, the limit of statements.

The backend (`console.postgresql.base`) sends them with the first statement of each transaction. Nothing is
left on the connection afterwards, so a pooler may give it to anybody between two transactions.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import LiteralString

import psycopg
from django.db import connections
from psycopg import sql
from psycopg.pq import TransactionStatus

SET_LOCAL: LiteralString = "set_config({}, {}, true)"
#: What a setting goes back to inside a transaction; one of ours is empty.
RESET = {"role": "none", "statement_timeout": "0"}
_of_process: dict[str, str] = {}
_of_context: ContextVar[Mapping[str, str]] = ContextVar("transaction_settings", default={})  # noqa: B039


def set_for_process(name: str, value: str) -> None:
    """Set one for all transactions of this process that begin from now on; an empty value is none."""
    _of_process[name] = value
    if not value:
        del _of_process[name]


def change_settings(values: Mapping[str, str]) -> None:
    """Set some for this thread or request, and for the transaction that is open; an empty value is none."""
    before, changed = _current(), {**_of_context.get(), **values}
    _of_context.set({name: value for name, value in changed.items() if value})
    after = _current()
    now = {
        name: after.get(name) or RESET.get(name, "") for name in values if before.get(name) != after.get(name)
    }
    for connection in connections.all(initialized_only=True) if now else ():
        line = connection.connection
        if line is not None and line.pgconn.transaction_status == TransactionStatus.INTRANS:
            line.execute(_statement(SET_LOCAL, tuple(now.items())))


@contextmanager
def use_settings(values: Mapping[str, str]) -> Iterator[None]:
    """Set some in this context, and restore the former ones on exit.

    After a database error the rollback restores them.
    """
    before = {name: _of_context.get().get(name, "") for name in values}
    try:
        change_settings(values)
        yield
    finally:
        restore_settings(before)


def restore_settings(values: Mapping[str, str]) -> None:
    """Set these back; a connection that is lost has none to restore."""
    with suppress(psycopg.Error):
        change_settings(values)


def statement_of_settings() -> str:
    """Return the statement that sets what holds now to the end of the transaction; empty if nothing does."""
    settings = _current()
    return _statement(SET_LOCAL, tuple(settings.items())) if settings else ""


def _current() -> dict[str, str]:
    return {**_of_process, **_of_context.get()}


@lru_cache(maxsize=1024)
def _statement(call: LiteralString, settings: tuple[tuple[str, str], ...]) -> str:
    calls = [sql.SQL(call).format(sql.Literal(name), sql.Literal(value)) for name, value in settings]
    return sql.SQL("SELECT {}").format(sql.SQL(", ").join(calls)).as_string(None)
