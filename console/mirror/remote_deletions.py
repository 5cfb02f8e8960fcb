"""Detect rows that were deleted at the service.

A list may shift while it is read (`index` is a row offset), lag behind or be cut off. A row is missing only
if a completely read list does not contain it. It is gone only if two such runs in succession miss it and the
service's `/info` says that it does not exist. Gone rows are kept, with everything that depends on them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import F, Model
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.iclass import IClassError, NotFound
from console.mirror.models import MissingRow, PolledModel
from console.mirror.reconciliation import CHUNK_SIZE, ReconcileRun
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, SyncState

A = TypeVar("A")


def check_missing_rows(
    run: ReconcileRun,
    model: type[Model],
    expected: Mapping[str, int],
    seen: Collection[str],
    query: Callable[[str], A],
) -> list[tuple[int, A]]:
    """Query rows that are missing from a list, and mark those that are gone.

    `expected` maps remote IDs to row IDs; `seen` are the remote IDs in the list. `query` requests one object
    and raises NotFound if there is none. Return the rows that exist although the list did not contain them,
    with the answers.
    """
    missing = {key: pk for key, pk in expected.items() if key not in seen}
    missed_before = _previously_missing(run, model, set(missing.values()))
    if not run.is_complete:
        return []
    label = model._meta.label_lower
    MissingRow.objects.bulk_create(
        (
            MissingRow(
                enterprise=run.enterprise, subject_type=label, subject_id=pk, generation=run.generation
            )
            for pk in missing.values()
            if pk not in missed_before
        ),
        ignore_conflicts=True,
    )
    return _confirm_missing(
        run, model, {key: pk for key, pk in missing.items() if pk in missed_before}, query
    )


def _previously_missing(run: ReconcileRun, model: type[Model], missing: set[int]) -> set[int]:
    """Return missing rows that an earlier complete run missed, too. Delete entries of rows found again."""
    entries = MissingRow.objects.filter(enterprise=run.enterprise, subject_type=model._meta.label_lower)
    missed_before = dict(entries.values_list("subject_id", "generation"))
    if found_again := set(missed_before) - missing:
        entries.filter(subject_id__in=found_again).delete()
    return {pk for pk, generation in missed_before.items() if pk in missing and generation < run.generation}


def _confirm_missing(
    run: ReconcileRun, model: type[Model], missing: Mapping[str, int], query: Callable[[str], A]
) -> list[tuple[int, A]]:
    gone: list[int] = []
    hidden: list[tuple[int, A]] = []
    for key, answer in run.query_each(query, missing):
        if isinstance(answer, NotFound):
            gone.append(missing[key])
        elif isinstance(answer, IClassError):
            run.report.problems.append(_("%(id)s: %(error)s") % {"id": key, "error": answer})
        else:
            hidden.append((missing[key], answer))
    for start in range(0, len(gone), CHUNK_SIZE):
        _mark_gone(run, model, gone[start : start + CHUNK_SIZE])
    return hidden


def _mark_gone(run: ReconcileRun, model: type[Model], ids: Sequence[int]) -> None:
    """Mark rows as gone, except those with an open operation, whose result decides."""
    open_operations = Operation.objects.filter(
        subject_type=model._meta.label_lower, subject_id__in=ids, state__in=OPEN_STATES
    )
    columns: dict[str, Any] = {"sync_state": SyncState.GONE, "sync_reason": ""}
    if issubclass(model, PolledModel):
        # Advance the fence, so that a running poll does not schedule the next one.
        columns |= {"look_at": None, "look_fence": F("look_fence") + 1}
    with run.write_transaction(*model._default_manager.filter(pk__in=ids)) as rows:
        gone = {row.pk for row in rows} - set(open_operations.values_list("subject_id", flat=True))
        for row in rows:
            if row.pk in gone:
                record(f"{model._meta.model_name}.gone", row, by=None, enterprise=run.enterprise)
        run.report.gone += model._default_manager.filter(pk__in=gone).update(**columns)
