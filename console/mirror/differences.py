"""Compare the observed state of rows with the desired one, and save observations."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from console.bulk_sql import bulk_update
from console.mirror.models import IgnoredDifference
from console.mirror.registry import mirrored_model_of
from console.outbox.models import Operation
from console.outbox.services import open_operations, subjects_in_progress
from console.outbox.states import SyncState

#: Columns that an observation writes, besides those that only the service decides.
OBSERVED_COLUMNS = ("observed", "remote_id", "observed_at", "sync_state", "sync_reason")
#: States that an observation may change; the others belong to an operation that waits for a person.
UPDATABLE_STATES = (SyncState.LOCAL, SyncState.IN_SYNC, SyncState.CHANGED_OUTSIDE, SyncState.GONE)


def compare_fields(
    desired: Mapping[str, Any], observed: Mapping[str, Any], optional: Collection[str] = ()
) -> dict[str, tuple[Any, Any]]:
    """Return field → (desired, observed) where they differ. An empty `optional` field never differs."""
    return {
        name: (value, observed[name])
        for name, value in desired.items()
        if name in observed and value != observed[name] and (value or name not in optional)
    }


def differences_of(row: Any) -> dict[str, tuple[Any, Any]]:
    """Return field → (desired, observed) of a stored row of any mirrored model."""
    mirrored = mirrored_model_of(row)
    return compare_fields(mirrored.desired_fields(row), row.observed, mirrored.optional)


def ignored_differences_of(row: Any) -> dict[str, tuple[Any, Any]]:
    """Return field → (desired, observed) of the ignored differences of a row."""
    ignored = IgnoredDifference.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
    return {name: (ours, theirs) for name, ours, theirs in ignored.values_list("field", "ours", "theirs")}


def sync_state_of(
    row: Any, desired: Mapping[str, Any], observed: Mapping[str, Any], optional: Collection[str]
) -> SyncState:
    """Return the sync state of a row without open operations: in sync, or changed outside.

    Differences that were ignored with exactly these values do not count. Only rows that differ need a query.
    """
    found = compare_fields(desired, observed, optional)
    ignored = ignored_differences_of(row) if found else {}
    drifted = any(ignored.get(name) != pair for name, pair in found.items())
    return SyncState.CHANGED_OUTSIDE if drifted else SyncState.IN_SYNC


def has_changes(
    row: Any,
    remote_id: str,
    *,
    desired: Mapping[str, Any],
    observed: Mapping[str, Any],
    optional: Collection[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> bool:
    """Return whether `save_observed` would write something, judged by the loaded row."""
    if row.remote_id != remote_id or row.observed != observed:
        return True
    if any(getattr(row, name) != value for name, value in (extra or {}).items()):
        return True
    if row.sync_state not in UPDATABLE_STATES:
        return False
    if row.sync_state == SyncState.CHANGED_OUTSIDE and compare_fields(desired, observed, optional):
        return False  # ignoring a difference updates the row's state itself
    return bool(row.sync_state != sync_state_of(row, desired, observed, optional))


def covers_field(operation: Operation, name: str) -> bool:
    """Return whether a set-state operation sends this field: `args["fields"]`, or all fields without it."""
    fields = operation.args.get("fields")
    return fields is None or name in fields


@transaction.atomic(savepoint=False)
def update_sync_state(row: Any) -> bool:
    """Recompute the sync state of a row from its last observation. Return True if it changed.

    For callers that change desired columns or `observed` without an observation. While an operation is open
    or waits for a person, its state is kept.
    """
    stored = _locked_rows(row).values_list("sync_state", flat=True).get()
    if stored not in UPDATABLE_STATES or open_operations(row).exists():
        return False
    mirrored = mirrored_model_of(row)
    row.sync_state = sync_state_of(row, mirrored.desired_fields(row), row.observed, mirrored.optional)
    row.sync_reason = difference_reason(row)
    if row.sync_state == stored:
        return False
    row.save_mirrored(["sync_state", "sync_reason"])
    return True


@transaction.atomic(savepoint=False)
def save_observed(
    row: Any,
    remote_id: str,
    *,
    desired: Mapping[str, Any],
    observed: Mapping[str, Any],
    optional: Collection[str] = (),
    extra: Collection[str] = (),
) -> bool:
    """Save one observation: `remote_id`, `observed`, the columns named in `extra`, and the sync state.

    Return True if anything changed; an observation without changes writes nothing.
    """
    plain = _comparable_columns(row, extra)
    names = [*plain, "observed", "remote_id", "sync_state"]
    stored = _locked_rows(row).values(*names).get()
    row.observed, row.remote_id, row.sync_state = dict(observed), remote_id, stored["sync_state"]
    if row.sync_state in UPDATABLE_STATES and not open_operations(row).exists():
        row.sync_state = sync_state_of(row, desired, observed, optional)
        row.sync_reason = difference_reason(row)
    same = {name: getattr(row, name) for name in names} == stored and len(plain) == len(extra)
    if same:
        return False
    row.observed_at = timezone.now()
    row.save_mirrored([*OBSERVED_COLUMNS, *extra])
    return True


class ObservedRow(NamedTuple):
    """A row and one observation of it: the arguments of `save_observed`."""

    row: Any
    remote_id: str
    desired: Mapping[str, Any]
    observed: Mapping[str, Any]


def save_observed_rows(
    observed_rows: Sequence[ObservedRow], *, optional: Collection[str] = (), extra: Collection[str] = ()
) -> None:
    """Do the same as `save_observed` for many rows of one model, with as many queries as for one.

    Each row has changes (`has_changes`), and the caller's transaction has locked and read it.
    """
    busy = subjects_in_progress([one.row for one in observed_rows])
    now = timezone.now()
    for row, remote_id, desired, observed in observed_rows:
        row.observed, row.remote_id, row.observed_at = dict(observed), remote_id, now
        if row.sync_state in UPDATABLE_STATES and row.pk not in busy:
            row.sync_state = sync_state_of(row, desired, observed, optional)
            row.sync_reason = difference_reason(row)
    bulk_update([one.row for one in observed_rows], (*OBSERVED_COLUMNS, *extra))


def difference_reason(row: Any) -> str:
    """Return the reason of a row that differs: a possible duplicate, or the row's own `difference_reason`."""
    if row.sync_state != SyncState.CHANGED_OUTSIDE:
        return ""
    copy = getattr(row, "double_of_id", None)
    return "possible_double" if copy else getattr(row, "difference_reason", "")


def _locked_rows(row: Any) -> Any:
    """Lock the stored row until the end of the transaction, so that it cannot change before the save."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return rows.select_for_update(of=("self",), no_key=True)


def _comparable_columns(row: models.Model, names: Collection[str]) -> list[str]:
    """Return the names of columns that can be compared. Encrypted columns are text fields with ciphertext."""
    return [name for name in names if row._meta.get_field(name).get_internal_type() != "TextField"]
