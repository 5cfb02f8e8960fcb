"""The school in which a request stands, as the database knows it.

Inside a scope every statement runs as the role of the web (settings.DATABASE_WEB_ROLE), which is neither
owner nor superuser, and row-level security shows it the rows of one school: a query that forgot its school
sees only the own one, and one outside of every school raises. Commands, worker, sweep, callbacks and sign-in
open no scope and run as the owner.

    with standing_as(user): …     a door of its own, as a calendar feed with a token
    with as_owner(): …            inside a scope, what belongs to no school, as looking a token up

The middleware does the first for every request of somebody who signed in, and for the body of its answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections

from console.failpoints import defence
from console.policy.rows.roles import role, wanting
from console.policy.rules import role_of

ROWS = defence("policy.rows", "requests act as a role to which the database shows one school")
NO_SCHOOL = 0
TAKE = (
    "SELECT set_config('role', %s, false), set_config('console.school', %s, false),"
    " set_config('console.user', %s, false), set_config('console.operator', %s, false)"
)


class Standing(NamedTuple):
    """Who reads and writes. `school` is NO_SCHOOL for an operator outside of every school."""

    school: int
    user: int
    operator: bool


_standing: ContextVar[Standing | None] = ContextVar("school_scope", default=None)


def current_standing() -> Standing | None:
    """The scope that is open here; None for the owner."""
    return _standing.get()


def standing_of(user: Any) -> Standing | None:
    """The scope of a person; None for strangers."""
    named = role_of(user)
    if not named:
        return None
    outside = user.enterprise_id is None
    return Standing(user.enterprise_id or NO_SCHOOL, user.pk, operator=named == "operator" and outside)


def stand(standing: Standing | None) -> None:
    """Stand here from now on; the frame that is open around this (middleware, context manager) ends it."""
    _standing.set(standing)
    _tell(standing)


@contextmanager
def standing(there: Standing | None) -> Iterator[None]:
    """Stand somewhere for a while, and then where one stood before; None is the owner."""
    before = _standing.get()
    try:
        if there is not None or before is not None:  # a stranger's request costs no question
            stand(there)
        yield
    finally:
        _return_to(before)


def standing_as(user: Any) -> Any:
    """The scope of a person for a while."""
    return standing(standing_of(user))


def as_owner() -> Any:
    """Out of every scope for a while: see all schools, so filter by hand."""
    return standing(None)


def body(chunks: Any, there: Standing | None) -> Iterator[Any]:
    """A streamed body, which is made after the request has left its scope."""
    with standing(there):
        yield from chunks


def on_new_connection(connection: Any, **kwargs: Any) -> None:
    """A connection that is opened inside a scope (the first, or after the old one broke) stands in it too."""
    there = _standing.get()
    if there is not None and connection.alias == DEFAULT_DB_ALIAS:
        _send(connection, there)


def _tell(there: Standing | None) -> None:
    """Outside of scopes nothing is opened for this: a new connection is the owner's anyway."""
    line = connections[DEFAULT_DB_ALIAS]
    if there is not None:
        line.close_if_health_check_failed()
        line.ensure_connection()
    if line.connection is not None:
        _send(line, there)


def _return_to(before: Standing | None) -> None:
    """Where the database does not answer, the connection goes: it must serve nobody else as this one."""
    if before is None and _standing.get() is None:  # nobody stood anywhere, as where a callback came in
        return
    _standing.set(before)
    line = connections[DEFAULT_DB_ALIAS]
    try:
        _tell(before)
    except psycopg.Error:
        if not line.in_atomic_block:  # else the rollback undoes it
            line.close()


def _send(line: Any, there: Standing | None) -> None:
    """Past Django's cursor, for this is no query of the page."""
    if there is None or not ROWS.up:
        told = ("none", "", "", "")
    else:
        told = (role(), str(there.school), str(there.user), "on" if there.operator else "")
    try:
        line.connection.execute(TAKE, told)
    except (psycopg.errors.InvalidParameterValue, psycopg.errors.InsufficientPrivilege) as error:
        raise ImproperlyConfigured(
            f"Requests cannot take on the database role {role()}. Run manage.py migrate"
            f" (and before it, as an administrator of the database: {wanting() or 'nothing'})."
        ) from error
