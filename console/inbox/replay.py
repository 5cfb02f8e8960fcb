"""Handling events once more at a person's wish, and what that changed: the rows before and after."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.inbox.models import Callback
from console.inbox.process import handle
from console.inbox.words import STATES, reason_words
from console.policy.scope import as_owner

#: The most events that one wish may handle again, for it happens while the reader waits.
MOST = 100


class Field(NamedTuple):
    """A value as people read it."""

    name: str
    label: str | Promise
    value: str


class Row(NamedTuple):
    """A row that an event touches; `key` tells it from the others."""

    key: str
    label: str
    fields: list[Field]


class Line(NamedTuple):
    """A value before and after; empty where there was no row."""

    name: str
    label: str | Promise
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


class Difference(NamedTuple):
    """A row before and after."""

    key: str
    label: str
    lines: list[Line]

    @property
    def changed(self) -> bool:
        return any(line.changed for line in self.lines)


class Replayed(NamedTuple):
    """What handling one event again led to."""

    callback: Callback
    differences: list[Difference]

    @property
    def changed(self) -> bool:
        return any(row.changed for row in self.differences)


Witness = Callable[[Callback], Iterable[Row]]
_witnesses: list[Witness] = []


def witness(function: Witness) -> Witness:
    """Register `rows(callback)` of an `inbound` module: what an event touches, as it stands now."""
    _witnesses.append(function)
    return function


def replay(*, callback: Callback, by: Any) -> Replayed:
    """Handle an event again, here and now: event, rows and audit in one transaction.

    A handler that fails is no error here; the event's state says so.
    """
    with transaction.atomic():
        row = Callback.objects.select_for_update().get(pk=callback.pk)
        before, was = _seen(row), row.state
        row.attempts = 0
        with as_owner():  # a handler writes what no reader may: evidence
            handle(row)
        differences = _compared(before, _seen(row))
        changed = [f"{one.key}.{line.name}" for one in differences[1:] for line in one.lines if line.changed]
        told = {"state": row.state, "reason": row.reason, "changed": changed}
        record("callback.replay", row, by=by, before={"state": was}, after=told)
    return Replayed(row, differences)


def replay_many(*, callbacks: Iterable[Callback], by: Any) -> list[Replayed]:
    """Handle events again, oldest first, each in a transaction of its own."""
    return [replay(callback=one, by=by) for one in sorted(callbacks, key=lambda one: one.pk)]


def _seen(callback: Callback) -> list[Row]:
    own = [
        Field("state", _("State"), str(STATES[callback.state].word)),
        Field("reason", _("Reason"), str(reason_words(callback.reason))),
    ]
    rows = [Row("callback", _("The event itself"), own)]
    for look in _witnesses:
        rows += look(callback)
    return rows


def _compared(before: list[Row], after: list[Row]) -> list[Difference]:
    """Row by row, in the order in which they stand; one that is in one of the two alone is told too."""
    was, now = ({row.key: row for row in rows} for rows in (before, after))
    return [_difference(was.get(key), now.get(key)) for key in {**was, **now}]


def _difference(was: Row | None, now: Row | None) -> Difference:
    known = now or was
    assert known is not None
    old, new = ({field.name: field.value for field in row.fields} if row else {} for row in (was, now))
    lines = [Line(one.name, one.label, old.get(one.name, ""), new.get(one.name, "")) for one in known.fields]
    return Difference(known.key, known.label, lines)
