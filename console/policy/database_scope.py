"""The database scope of a request: role, school and user as settings of each of its transactions.

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

from django.db import transaction

from console.policy.row_security.database_role import web_role
from console.policy.rules import role_of
from console.postgresql.transaction_settings import change_settings, restore_settings

NO_SCHOOL = 0
SETTINGS = ("role", "console.school", "console.user", "console.operator")


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
    change_settings(_settings_of(scope))


@contextmanager
def use_scope(scope: DatabaseScope | None) -> Iterator[None]:
    """Enter a scope and restore the previous one on exit; None is the owner."""
    before = _current_scope.get()
    try:
        enter_scope(scope)
        yield
    finally:
        _current_scope.set(before)
        restore_settings(_settings_of(before))


def use_scope_of(user: Any) -> Any:
    """Enter the scope of a user and restore the previous one on exit."""
    return use_scope(database_scope_of(user))


def as_owner() -> Any:
    """Run as the owner, outside of every scope. Rows of all schools are visible: filter by school in code."""
    return use_scope(None)


def scoped_stream(chunks: Any, scope: DatabaseScope | None) -> Iterator[Any]:
    """Yield a streamed body in its scope, and in one transaction, so that rows can be read in parts.

    The server reads it after the request has left the scope.
    """
    with use_scope(scope), transaction.atomic():
        yield from chunks


def _settings_of(scope: DatabaseScope | None) -> dict[str, str]:
    if scope is None:
        return dict.fromkeys(SETTINGS, "")
    values = (web_role(), str(scope.school), str(scope.user), "on" if scope.operator else "")
    return dict(zip(SETTINGS, values, strict=True))
