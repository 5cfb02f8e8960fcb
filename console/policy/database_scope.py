"""The database scope of a request: role, school and user as session settings of PostgreSQL.

Inside a scope every statement runs as the web role (settings.DATABASE_WEB_ROLE), which is neither owner nor
superuser, and row-level security limits it to the rows of one school. A query that does not filter by school
returns only rows of the current one; without a school it raises. Commands, worker, sweep, callbacks and
sign-in open no scope and run as the owner.

    with use_scope_of(user): …    a request with its own authentication, such as a calendar feed with a token
    with as_owner(): …            inside a scope, access to rows of no school, such as looking up a token

SchoolScopeMiddleware opens the scope for every request of a signed-in user and for its streamed response.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

from console.policy.row_security.database_role import REMEDY, web_role
from console.policy.rules import role_of

NO_SCHOOL = 0
SET_SCOPE = (
    "SELECT set_config('role', %s, false), set_config('console.school', %s, false),"
    " set_config('console.user', %s, false), set_config('console.operator', %s, false)"
)


class DatabaseScope(NamedTuple):
    """The user who reads and writes. `school` is NO_SCHOOL for an operator outside of every school."""

    school: int
    user: int
    operator: bool


_current_scope: ContextVar[DatabaseScope | None] = ContextVar("school_scope", default=None)


def current_scope() -> DatabaseScope | None:
    """Return the open scope; None if the statements run as the owner."""
    return _current_scope.get()


def database_scope_of(user: Any) -> DatabaseScope | None:
    """Return the scope of a user; None for anonymous users."""
    role = role_of(user)
    if not role:
        return None
    outside = user.enterprise_id is None
    return DatabaseScope(user.enterprise_id or NO_SCHOOL, user.pk, operator=role == "operator" and outside)


def enter_scope(scope: DatabaseScope | None) -> None:
    """Enter a scope; the enclosing middleware or context manager ends it."""
    _current_scope.set(scope)
    _apply_scope(scope)


@contextmanager
def use_scope(scope: DatabaseScope | None) -> Iterator[None]:
    """Enter a scope and restore the previous one on exit; None is the owner."""
    before = _current_scope.get()
    try:
        if scope is not None or before is not None:  # an anonymous request runs no query
            enter_scope(scope)
        yield
    finally:
        _restore_scope(before)


def use_scope_of(user: Any) -> Any:
    """Enter the scope of a user and restore the previous one on exit."""
    return use_scope(database_scope_of(user))


def as_owner() -> Any:
    """Run as the owner, outside of every scope. Rows of all schools are visible: filter by school in code."""
    return use_scope(None)


def scoped_stream(chunks: Any, scope: DatabaseScope | None) -> Iterator[Any]:
    """Yield a streamed body in its scope; the server reads it after the request has left the scope."""
    with use_scope(scope):
        yield from chunks


def on_new_connection(connection: Any, **kwargs: Any) -> None:
    """Apply the open scope to a new connection (the first, or one that replaces a broken one)."""
    scope = _current_scope.get()
    if scope is not None and connection.alias == DEFAULT_DB_ALIAS:
        _set_session(connection, scope)


def _apply_scope(scope: DatabaseScope | None) -> None:
    """Set the session. Without a scope no connection is opened: a new one belongs to the owner anyway."""
    connection = connections[DEFAULT_DB_ALIAS]
    if scope is not None:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
    if connection.connection is not None:
        _set_session(connection, scope)


def _restore_scope(before: DatabaseScope | None) -> None:
    """Restore a scope. On a database error close the connection, so that nobody reuses it in this scope."""
    if before is None and _current_scope.get() is None:  # no scope was open, as for a callback
        return
    _current_scope.set(before)
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        _apply_scope(before)
    except psycopg.Error:
        if not connection.in_atomic_block:  # the rollback of a transaction restores the session
            connection.close()


def _set_session(connection: Any, scope: DatabaseScope | None) -> None:
    """Set the session below Django's cursor, so that it does not count as a query of the page."""
    if scope is None:
        settings = ("none", "", "", "")
    else:
        settings = (web_role(), str(scope.school), str(scope.user), "on" if scope.operator else "")
    try:
        connection.connection.execute(SET_SCOPE, settings)
    except (psycopg.errors.InvalidParameterValue, psycopg.errors.InsufficientPrivilege) as error:
        raise ImproperlyConfigured(
            f"Requests cannot take on the database role {web_role()}. {REMEDY}"
        ) from error
