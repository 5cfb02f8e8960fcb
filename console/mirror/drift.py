"""What was seen at the service against what the school wants: a difference while nothing is under way."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone

from console.failpoints import defence
from console.mirror.models import Ignored
from console.mirror.registry import twin_of
from console.outbox.models import Operation
from console.outbox.queue import open_operations, under_way
from console.outbox.states import SyncState
from console.rows import update

QUIET = defence("mirror.quiet", "what is as it was is not written again")
#: Columns that a look settles, besides those that only the service decides.
SETTLED = ("observed", "remote_id", "observed_at", "sync_state", "sync_reason")
#: States that a look may change; the others belong to an operation that waits for a person.
FREE = (SyncState.LOCAL, SyncState.IN_SYNC, SyncState.CHANGED_OUTSIDE, SyncState.GONE)


def differences(
    wanted: Mapping[str, Any], observed: Mapping[str, Any], optional: Collection[str] = ()
) -> dict[str, tuple[Any, Any]]:
    """Field → (wanted, observed) where they differ; an `optional` field that we left empty never does."""
    return {
        name: (value, observed[name])
        for name, value in wanted.items()
        if name in observed and value != observed[name] and (value or name not in optional)
    }


def differences_of(row: Any) -> dict[str, tuple[Any, Any]]:
    """Field → (wanted, observed) of a stored row of any mirrored model."""
    twin = twin_of(row)
    return differences(twin.wanted(row), row.observed, twin.optional)


def ignored_of(row: Any) -> dict[str, tuple[Any, Any]]:
    """Field → (wanted, observed) of the differences of a row that somebody decided to leave."""
    kept = Ignored.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
    return {name: (ours, theirs) for name, ours, theirs in kept.values_list("field", "ours", "theirs")}


def state_of(
    row: Any, wanted: Mapping[str, Any], observed: Mapping[str, Any], optional: Collection[str]
) -> SyncState:
    """In sync, or changed outside: what a row shows while nothing is under way.

    Differences that were ignored at these very values are none. Only a row that differs costs a query.
    """
    found = differences(wanted, observed, optional)
    kept = ignored_of(row) if found else {}
    drifted = any(kept.get(name) != pair for name, pair in found.items())
    return SyncState.CHANGED_OUTSIDE if drifted else SyncState.IN_SYNC


def is_news(
    row: Any,
    remote_id: str,
    *,
    wanted: Mapping[str, Any],
    observed: Mapping[str, Any],
    optional: Collection[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> bool:
    """Whether `settle` would have something to write, told from the loaded row without a query."""
    if not QUIET.up or row.remote_id != remote_id or row.observed != observed:
        return True
    if any(getattr(row, name) != value for name, value in (extra or {}).items()):
        return True
    if row.sync_state not in FREE:
        return False
    if row.sync_state == SyncState.CHANGED_OUTSIDE and differences(wanted, observed, optional):
        return False  # whoever ignores a difference decides the row's state with it
    return bool(row.sync_state != state_of(row, wanted, observed, optional))


def asked(operation: Operation, name: str) -> bool:
    """Whether a set-state operation is about this field: all of them, or those of `args["fields"]`."""
    fields = operation.args.get("fields")
    return fields is None or name in fields


def decide(row: Any) -> bool:
    """Set whether a row differs from what the service was last seen to have; True where that was new.

    For whoever changed wanted columns or `observed` without a look. While an operation is open or waits
    for a person, its state stands. Call it inside a transaction.
    """
    stored = type(row)._default_manager.filter(pk=row.pk).values_list("sync_state", flat=True).get()
    if stored not in FREE or open_operations(row).exists():
        return False
    twin = twin_of(row)
    row.sync_state = state_of(row, twin.wanted(row), row.observed, twin.optional)
    row.sync_reason = why(row)
    if row.sync_state == stored:
        return False
    row.save(update_fields=["sync_state", "sync_reason"])
    return True


def settle(
    row: Any,
    remote_id: str,
    *,
    wanted: Mapping[str, Any],
    observed: Mapping[str, Any],
    optional: Collection[str] = (),
    extra: Collection[str] = (),
) -> bool:
    """Write one look: `remote_id`, `observed`, the columns named in `extra`, and whether there is drift.

    True where anything was new; a look that saw nothing new writes nothing.
    """
    plain = _plain(row, extra)
    names = [*plain, "observed", "remote_id", "sync_state"]
    stored = type(row)._default_manager.filter(pk=row.pk).values(*names).get()
    row.observed, row.remote_id, row.sync_state = dict(observed), remote_id, stored["sync_state"]
    if row.sync_state in FREE and not open_operations(row).exists():
        row.sync_state = state_of(row, wanted, observed, optional)
        row.sync_reason = why(row)
    same = {name: getattr(row, name) for name in names} == stored and len(plain) == len(extra)
    if same and QUIET.up:
        return False
    row.observed_at = timezone.now()
    row.save(update_fields=[*SETTLED, *extra])
    return True


class Seen(NamedTuple):
    """A row, and what a look brought of it, in the words of `settle`."""

    row: Any
    remote_id: str
    wanted: Mapping[str, Any]
    observed: Mapping[str, Any]


def settle_all(seen: Sequence[Seen], *, optional: Collection[str] = (), extra: Collection[str] = ()) -> None:
    """`settle` for rows of one model, as many queries as for one. Each has news (`is_news`), and the caller's
    transaction has locked and read it."""
    busy = under_way([one.row for one in seen])
    now = timezone.now()
    for row, remote_id, wanted, observed in seen:
        row.observed, row.remote_id, row.observed_at = dict(observed), remote_id, now
        if row.sync_state in FREE and row.pk not in busy:
            row.sync_state = state_of(row, wanted, observed, optional)
            row.sync_reason = why(row)
    update([one.row for one in seen], (*SETTLED, *extra))


def why(row: Any) -> str:
    """The reason that a row which differs shows: that it may be a second copy, or what it says itself."""
    if row.sync_state != SyncState.CHANGED_OUTSIDE:
        return ""
    copy = getattr(row, "double_of_id", None)
    return "possible_double" if copy else getattr(row, "why_different", "")


def _plain(row: models.Model, names: Collection[str]) -> list[str]:
    """Names whose stored value can be compared; sealed columns hold ciphertext."""
    return [name for name in names if row._meta.get_field(name).get_internal_type() != "TextField"]
