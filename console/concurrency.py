"""Concurrent changes: services as retried transactions, and detection of conflicting edits.

    @service
    def edit_lesson(*, lesson, by, seen=None, **fields):
        stored = lock_row(lesson)
        changed = changed_fields(stored, fields, seen or value_digests(lesson, fields))
        ...apply `changed` to `stored`, save(update_fields=changed)

Locks are taken in the same order everywhere: school, subjects, terms, groups, grades, courses, lessons,
people and documents, each by ascending primary key, then their dependent rows, then the people of a booking
(`lock_people` of `classes.conflicts.guard`), then operations, then the gate of the school.
"""

import functools
import hashlib
import json
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

P = ParamSpec("P")
T = TypeVar("T")
Row = TypeVar("Row", bound=models.Model)

#: The transaction was blocked by another: deadlock, serialization failure, lock not available.
LOCK_FAILURES = frozenset({"40P01", "40001", "55P03"})
#: A concurrent transaction wrote a conflicting row: unique, exclusion and check constraints.
CONSTRAINT_FAILURES = frozenset({"23505", "23P01", "23514"})
#: Attempts of a service in total. A constraint fails again for the same reason, so it gets two only: the
#: second one finds the conflicting row in validation and reports it at its field.
LOCK_TRIES, CONSTRAINT_TRIES = 4, 2
#: Hexadecimal digits of each field in an entity tag.
TAG_HINT_LENGTH = 4
#: Seconds before the second attempt; doubled for each further one, with full jitter.
RETRY_DELAY_S = 0.02

DELETED_MESSAGE = gettext_lazy("Someone deleted this in the meantime. Nothing was saved.")
BUSY_MESSAGE = gettext_lazy(
    "Someone else changed this at the same time. Your changes were not saved. Try again."
)


class Conflict(ValidationError):
    """A concurrent change conflicts (REST: 409). Forms show it like any other error and keep their input."""


class DatabaseBusy(Conflict):
    """The database could not serialize two changes, even after retries."""

    def __init__(self) -> None:
        super().__init__(BUSY_MESSAGE, code="busy")


class RowDeleted(Conflict):
    """The row to change was deleted."""

    def __init__(self) -> None:
        super().__init__(DELETED_MESSAGE, code="deleted")


class EditConflict(Conflict):
    """The editor changed fields that somebody else has changed since they were read.

    `fields` maps each to its stored value. Nothing was saved.
    """

    def __init__(self, model: type[models.Model], fields: Mapping[str, Any]) -> None:
        self.fields = dict(fields)
        super().__init__(
            {_error_key(model, name): _conflict_message(model, name, fields[name]) for name in fields}
        )


def conflict_sqlstate(error: BaseException) -> str:
    """Return the SQLSTATE of a database error caused by concurrent changes; empty for other errors."""
    state = getattr(error.__cause__, "sqlstate", None) if isinstance(error, DATABASE_ERRORS) else None
    return state if state in LOCK_FAILURES | CONSTRAINT_FAILURES else ""


DATABASE_ERRORS = (OperationalError, IntegrityError)


def service(function: Callable[P, T]) -> Callable[P, T]:
    """Run a function in a transaction; the outermost one is retried on a conflict with another transaction.

    A service must have no effect outside of the database before it returns, and must not modify its
    arguments, so that a retry starts from the same state. DatabaseBusy if all attempts fail.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        # An iterator would be exhausted at the second attempt.
        reusable: dict[str, Any] = {
            name: list(value) if isinstance(value, Iterator) else value for name, value in kwargs.items()
        }
        if connection.in_atomic_block:  # a failed transaction can only be retried as a whole
            with transaction.atomic():
                return function(*args, **reusable)
        return run_with_retry(lambda: function(*args, **reusable))

    return run


def run_with_retry(act: Callable[[], T]) -> T:
    """Return the result of `act` in a transaction, which is retried on a conflict with another one."""
    attempts = 0
    while True:
        attempts += 1
        try:
            with transaction.atomic():
                return act()
        except DATABASE_ERRORS as error:
            state = conflict_sqlstate(error)
            if not state:
                raise
            if attempts >= (LOCK_TRIES if state in LOCK_FAILURES else CONSTRAINT_TRIES):
                raise DatabaseBusy from error
        time.sleep(random.uniform(0, RETRY_DELAY_S * 2**attempts))


def lock_row(row: Row) -> Row:
    """Return the row as stored, locked until the end of the transaction. RowDeleted if it is gone."""
    if stored := lock_rows([row]):
        return stored[0]
    raise RowDeleted


def lock_rows(rows: Sequence[Row]) -> list[Row]:
    """Return those of some rows of a table that still exist, locked in the order of their keys.

    `no_key` lets others insert rows that reference them: an audit entry references the actor, so two people
    who change each other would otherwise deadlock.
    """
    if not rows:
        return []
    model: Any = rows[0]._meta.model  # not type(row): request.user is a lazy wrapper
    locked = model._default_manager.select_for_update(of=("self",), no_key=True)
    return list(locked.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def value_digests(row: models.Model, names: Collection[str]) -> dict[str, str]:
    """Return digests of columns, by field name, as shown to an editor. They are keyed and safe to publish:
    values can be neither derived nor forged."""
    fields = {field.name: field.attname for field in row._meta.concrete_fields}
    return {name: value_digest(getattr(row, fields[name])) for name in names if name in fields}


def value_digest(value: Any) -> str:
    """Return a short keyed digest of a field's value; the order of sets of rows and keys does not matter."""
    plain = json.dumps(_json_value(value), cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return salted_hmac("console.concurrency", plain, algorithm="sha256").hexdigest()[:16]


def changed_fields(
    stored: models.Model, fields: Mapping[str, Any], seen: Mapping[str, str]
) -> dict[str, Any]:
    """Return those of `fields` that the editor changed, to be applied to the locked row.

    A field whose value equals the one shown to the editor was not changed by them and keeps the stored value,
    so edits of different fields merge. EditConflict if the editor and somebody else changed the same field to
    different values. A field that is not in `seen` is applied as given.
    """
    names = {field.name: field.attname for field in stored._meta.concrete_fields}
    changed, clashes = {}, {}
    for name, value in fields.items():
        stored_value = getattr(stored, names.get(name, name))
        new, current, before = value_digest(value), value_digest(stored_value), seen.get(name)
        if new in (current, before):
            continue
        if before is not None and current != before:
            clashes[name] = getattr(stored, name)
        changed[name] = value
    if clashes:
        raise EditConflict(type(stored), clashes)
    return changed


def etag(seen: Mapping[str, str]) -> str:
    """Return the entity tag for the digests of a row's editable fields.

    After the digest of all it has the beginning of each, by which `changed_names` tells what changed.
    """
    plain = json.dumps(dict(seen), sort_keys=True)
    hints = "".join(seen[name][:TAG_HINT_LENGTH] for name in sorted(seen))
    return f'"{hashlib.sha256(plain.encode()).hexdigest()[:24]}-{hints}"'


def changed_names(tag: str, seen: Mapping[str, str]) -> list[str]:
    """Return the fields that changed since an entity tag was made; none if it tells nothing about them."""
    _digest, _dash, hints = tag.strip('"').partition("-")
    if len(hints) != TAG_HINT_LENGTH * len(seen):
        return []
    parts = [hints[at : at + TAG_HINT_LENGTH] for at in range(0, len(hints), TAG_HINT_LENGTH)]
    return [
        name for name, part in zip(sorted(seen), parts, strict=True) if seen[name][:TAG_HINT_LENGTH] != part
    ]


def _json_value(value: Any) -> Any:
    """Return a value that JSON can hold: datetimes as timestamps, rows by key, enumerations by value."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, models.QuerySet | set | frozenset):
        return sorted((_json_value(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if hasattr(value, "comparable"):  # a secret; only its keyed digest leaves this module
        return value.comparable()
    if hasattr(value, "utcoffset") and value.utcoffset() is not None:
        return value.timestamp()
    return str(value) if isinstance(value, str | Promise) else value


def _error_key(model: type[models.Model], name: str) -> str:
    known = any(field.name == name for field in model._meta.get_fields()) or _is_property(model, name)
    return name if known else NON_FIELD_ERRORS


def _is_property(model: type[models.Model], name: str) -> bool:
    return isinstance(getattr(model, name, None), property)


def _conflict_message(model: type[models.Model], name: str, value: Any) -> str:
    """Return the message of a conflict, with the stored value if it is short enough to show."""
    short = isinstance(value, str | int | models.Model) and not isinstance(value, bool) and str(value)
    if short and name not in getattr(model, "UNNAMED_FIELDS", ()) and len(str(value)) <= 100:
        text = _(
            "Someone changed this to “%(value)s” while you were editing. Save again to replace "
            "it with your value."
        )
        return text % {"value": _display_value(model, name, value)}
    return _("Someone changed this while you were editing. Save again to replace it with your value.")


def _display_value(model: type[models.Model], name: str, value: Any) -> str:
    field: Any = None if _is_property(model, name) else model._meta.get_field(name)
    choices = dict(field.flatchoices) if field else {}
    return str(choices.get(value, value))
