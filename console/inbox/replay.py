"""Process events again on request and report the changes: the affected rows before and after."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.inbox.labels import STATE_BADGES, reason_text
from console.inbox.models import Callback
from console.inbox.processing import process_callback
from console.policy.database_scope import as_owner

#: The most events per replay, because it runs during the request.
MAX_REPLAYED = 100


class PreviewField(NamedTuple):
    """A value as displayed."""

    name: str
    label: str | Promise
    value: str


class PreviewRow(NamedTuple):
    """A row that an event affects; `key` identifies it."""

    key: str
    label: str
    fields: list[PreviewField]


class FieldComparison(NamedTuple):
    """A value before and after; empty if there was no row."""

    name: str
    label: str | Promise
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


class RowComparison(NamedTuple):
    """A row before and after."""

    key: str
    label: str
    lines: list[FieldComparison]

    @property
    def changed(self) -> bool:
        return any(line.changed for line in self.lines)


class ReplayResult(NamedTuple):
    """The result of replaying one event."""

    callback: Callback
    differences: list[RowComparison]

    @property
    def changed(self) -> bool:
        return any(row.changed for row in self.differences)


ReplayPreview = Callable[[Callback], Iterable[PreviewRow]]
_previews: list[ReplayPreview] = []


def register_preview(function: ReplayPreview) -> ReplayPreview:
    """Register a function that returns the rows that an event affects, in their current state."""
    _previews.append(function)
    return function


def replay_callback(*, callback: Callback, by: Any) -> ReplayResult:
    """Process an event again at once: event, rows and audit entry in one transaction.

    A failing handler raises no error; the event's state shows the failure.
    """
    with transaction.atomic():
        row = Callback.objects.select_for_update().get(pk=callback.pk)
        before, previous_state = _preview_rows(row), row.state
        row.attempts = 0
        with as_owner():  # handlers write evidence, which no user's role may write
            process_callback(row)
        differences = _compare_rows(before, _preview_rows(row))
        changed = [f"{one.key}.{line.name}" for one in differences[1:] for line in one.lines if line.changed]
        after = {"state": row.state, "reason": row.reason, "changed": changed}
        record("callback.replay", row, by=by, before={"state": previous_state}, after=after)
    return ReplayResult(row, differences)


def replay_callbacks(*, callbacks: Iterable[Callback], by: Any) -> list[ReplayResult]:
    """Process events again, oldest first, each in its own transaction."""
    return [replay_callback(callback=one, by=by) for one in sorted(callbacks, key=lambda one: one.pk)]


def _preview_rows(callback: Callback) -> list[PreviewRow]:
    own = [
        PreviewField("state", _("State"), str(STATE_BADGES[callback.state].word)),
        PreviewField("reason", _("Reason"), str(reason_text(callback.reason))),
    ]
    rows = [PreviewRow("callback", _("Event details"), own)]
    for preview in _previews:
        rows += preview(callback)
    return rows


def _compare_rows(before: list[PreviewRow], after: list[PreviewRow]) -> list[RowComparison]:
    """Compare rows by key, in order, including rows that exist only before or only after."""
    old, new = ({row.key: row for row in rows} for rows in (before, after))
    return [_compare_row(old.get(key), new.get(key)) for key in {**old, **new}]


def _compare_row(before: PreviewRow | None, after: PreviewRow | None) -> RowComparison:
    row = after or before
    assert row is not None
    old, new = ({field.name: field.value for field in one.fields} if one else {} for one in (before, after))
    lines = [
        FieldComparison(field.name, field.label, old.get(field.name, ""), new.get(field.name, ""))
        for field in row.fields
    ]
    return RowComparison(row.key, row.label, lines)
