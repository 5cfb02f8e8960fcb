"""Enqueue operations about many rows of one school: `services.enqueue` in batches."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count

from console.outbox.kinds import RepeatRule, get_kind
from console.outbox.models import Gate, Operation
from console.outbox.services import ENQUEUED, supersede
from console.outbox.states import OPEN_STATES, SYNC_OF_STATE, OperationState
from console.outbox.sync_state import update_sync_state
from console.wakeup import wake_worker

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
    """Enqueue the same command about many mirrored rows; return the operation's ID by the row's key.

    `labels` maps the key of each row to its label; `lanes` maps keys to lanes other than the default; `after`
    maps keys to the IDs of open operations that must finish first. Call it inside the transaction of the
    change.
    """
    gate, _ = Gate.objects.get_or_create(enterprise=enterprise)
    created: dict[int, int] = {}
    keys = sorted(labels)
    for start in range(0, len(keys), BATCH):
        batch = {key: labels[key] for key in keys[start : start + BATCH]}
        created |= _enqueue_batch(kind, model, batch, gate, by, lanes or {})
    if created:
        _add_dependencies(created, after or {})
        ENQUEUED.hit()
        transaction.on_commit(lambda: wake_worker("console.outbox.tasks.relay"))
    return created


def _add_dependencies(created: Mapping[int, int], after: Mapping[int, Collection[int]]) -> None:
    through: Any = Operation.waits_for.through
    rows = (
        through(from_operation_id=created[key], to_operation_id=earlier)
        for key, predecessors in after.items()
        for earlier in predecessors
    )
    through.objects.bulk_create(rows, batch_size=5 * BATCH)


def _enqueue_batch(
    kind: str, model: type[Any], labels: dict[int, str], gate: Gate, by: Any, lanes: Mapping[int, str]
) -> dict[int, int]:
    subject_type = model._meta.label_lower
    rows = model._default_manager.filter(pk__in=labels).order_by("pk")
    # Services lock rows before operations; the same order here avoids deadlocks.
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    existing = Operation.objects.filter(subject_type=subject_type, subject_id__in=labels)
    if get_kind(kind).repeat_rule == RepeatRule.SET_STATE:
        supersede(existing.filter(kind=kind, args={}))
    versions = dict(existing.order_by().values_list("subject_id").annotate(n=Count("pk")))
    busy = set(existing.filter(state__in=OPEN_STATES).values_list("subject_id", flat=True))
    state = OperationState.HELD if gate.held_for else OperationState.READY
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
    _update_sync_states(model, operations, busy, state, gate.held_reason)
    return {operation.subject_id: operation.pk for operation in operations}


def _update_sync_states(
    model: type[Any],
    operations: Sequence[Operation],
    busy: Collection[int],
    state: OperationState,
    reason: str,
) -> None:
    """Set the sync state of each row: that of its operation, or the most urgent of several."""
    alone = [one.subject_id for one in operations if one.subject_id not in busy]
    model._default_manager.filter(pk__in=alone).update(sync_state=SYNC_OF_STATE[state], sync_reason=reason)
    for operation in operations:
        if operation.subject_id in busy:
            update_sync_state(operation)
