"""What a request gets while the database is away or takes no writes: 503, with a time to try again.

A process that starts meanwhile does not end; one that starts on a database that it cannot work with does.

A server that is stopped, crashed, promoted or started ends the connections of its clients. The next request
connects anew, to whichever server of `DATABASE_URL` takes writes by then.
"""

import sys
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError, connection

RETRY_AFTER_S = 5
#: SQLSTATEs of a server that is shut down, has crashed, starts, ends idle sessions, takes no writes, or has
#: no free connection. Class 08 is that of broken connections.
OUTAGE_STATES = frozenset({"57P01", "57P02", "57P03", "57P05", "25006", "53300"})


def is_outage(error: BaseException | None) -> bool:
    """Return whether an error says that the database is away or read-only, and not that a query is wrong."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:  # the connection failed before the server could say why
        return isinstance(error, OperationalError | InterfaceError)
    return state in OUTAGE_STATES or state.startswith("08")


def drop_connection() -> None:
    """Close the connection: one to a server that takes no writes any more would be kept otherwise."""
    if not connection.in_atomic_block:
        connection.close()


def exit_on_problem(number: str, find_problem: Callable[[], str]) -> None:
    """Exit with the sentence about the database that is returned, unless it is empty.

    A database that is away stops no start: callbacks are stored on disk meanwhile, and `/readyz` looks again.
    """
    try:
        problem = find_problem()
    except DatabaseError:
        return
    finally:
        connection.close()
    if problem:
        sys.exit(f"{number}: {problem}")
