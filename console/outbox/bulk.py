"""Writing operations about many rows of one school at once: what `queue.enqueue` does, set by set."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count

from console.bell import ring
from console.outbox.kinds import Nature, kind_of
from console.outbox.models import Gate, Operation
from console.outbox.points import COALESCE, ENQUEUED
from console.outbox.queue import supersede
from console.outbox.reflect import reflect
from console.outbox.states import OPEN, SYNC_OF_STATE, State

BATCH = 1_000


def enqueue_many(
    kind: str,
    model: type[Any],
    labels: dict[int, str],
    *,
    enterprise: Any,
    by: Any = None,
    lanes: Mapping[int, str] | None = None,
    after: Mapping[int, Collection[int]] | None = None,
) -> dict[int, int]:
    """Owe the API the same command about many mirrored rows; the operation of each by the row's key.

    labels: what each row is called, by its key; lanes: where one has a lane that is not its own; after: the
    ids of open operations that must be done before. Call it inside the transaction of the change.
    """
    gate, _ = Gate.objects.get_or_create(enterprise=enterprise)
    keys, made = sorted(labels), {}
    for start in range(0, len(keys), BATCH):
        some = {key: labels[key] for key in keys[start : start + BATCH]}
        made |= _some(kind, model, some, gate, by, lanes or {})
    if made:
        _wait(made, after or {})
        ENQUEUED.hit()
        transaction.on_commit(lambda: ring("console.outbox.tasks.relay"))
    return made


def _wait(made: Mapping[int, int], after: Mapping[int, Collection[int]]) -> None:
    through: Any = Operation.waits_for.through
    rows = (
        through(from_operation_id=made[key], to_operation_id=earlier)
        for key, earlier_ones in after.items()
        for earlier in earlier_ones
    )
    through.objects.bulk_create(rows, batch_size=5 * BATCH)


def _some(
    kind: str, model: type[Any], labels: dict[int, str], gate: Gate, by: Any, lanes: Mapping[int, str]
) -> dict[int, int]:
    subject_type = model._meta.label_lower
    theirs = Operation.objects.filter(subject_type=subject_type, subject_id__in=labels)
    if kind_of(kind).nature == Nature.SET_STATE and COALESCE.up:
        supersede(theirs.filter(kind=kind, args={}))
    versions = dict(theirs.order_by().values_list("subject_id").annotate(n=Count("pk")))
    busy = set(theirs.filter(state__in=OPEN).values_list("subject_id", flat=True))
    state = State.HELD if gate.held_for else State.READY
    operations = Operation.objects.bulk_create(
        Operation(
            enterprise_id=gate.pk,
            kind=kind,
            subject_type=subject_type,
            subject_id=key,
            subject_label=label[:200],
            lane=lanes.get(key) or f"{gate.pk}:{subject_type}:{key}",
            version=versions.get(key, 0) + 1,
            state=state,
            reason=gate.held_reason,
            created_by=by,
        )
        for key, label in labels.items()
    )
    _show(model, operations, busy, state, gate.held_reason)
    return {operation.subject_id: operation.pk for operation in operations}


def _show(
    model: type[Any], operations: Sequence[Operation], busy: Collection[int], state: State, reason: str
) -> None:
    """The state of each row: that of its operation, or the loudest of several."""
    alone = [one.subject_id for one in operations if one.subject_id not in busy]
    model._default_manager.filter(pk__in=alone).update(sync_state=SYNC_OF_STATE[state], sync_reason=reason)
    for operation in operations:
        if operation.subject_id in busy:
            reflect(operation)
