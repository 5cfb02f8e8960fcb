"""Django's backend for PostgreSQL, for connections that a pooler shares between transactions.

The first statement of a transaction takes its settings along (`transaction_settings`) in the same message,
which costs no round trip; a statement outside of one is its own transaction. Rows are read in parts only
inside a transaction, since a cursor does not outlive it.
"""

from typing import Any, Self

from django.db import NotSupportedError
from django.db.backends.postgresql import base
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus

from console.postgresql.transaction_settings import statement_of_settings


class Cursor(base.CursorMixin, ClientCursor[Any]):
    """Sends the settings of a transaction before the first statement of it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        settings = _pending_settings(self.connection)
        if not settings:
            return super().execute(query, params, **options)
        statement = query if isinstance(query, str) else query.as_string(self.connection)
        if params is not None:
            settings = settings.replace("%", "%%")
        super().execute(f"{settings}; {statement}", params, **options)
        self.nextset()
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        begin_transaction(self.connection)
        super().executemany(query, params_seq, **options)

    def copy(self, statement: Any, params: Any = None, **options: Any) -> Any:
        begin_transaction(self.connection)
        return super().copy(statement, params, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection of a thread."""

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            begin_transaction(self.connection)
        return super().create_cursor(name)

    def chunked_cursor(self) -> Any:
        """Return a cursor that reads in parts; outside of a transaction, one that reads all rows at once."""
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()


def begin_transaction(connection: Any) -> None:
    """Send the settings before what cannot take them along. NotSupportedError outside of a transaction."""
    if _pending_settings(connection):
        if connection.autocommit:
            raise NotSupportedError("This needs a transaction, because role and limits are set for one.")
        connection.execute("SELECT 1")


def _pending_settings(connection: Any) -> str:
    """Return the statement that has to go before the next one; empty in a transaction that has begun."""
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        return ""
    return statement_of_settings()
