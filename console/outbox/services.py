"""Enqueue operations inside the transaction of the change that they send."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, OuterRef
from django.utils import timezone

from console.audit.trail import record
from console.concurrency import lock_row, service
from console.failpoints import point
from console.outbox.gates import hold_school, release_holds
from console.outbox.kinds import RepeatRule, get_kind
from console.outbox.models import Gate, Operation
from console.outbox.states import OPEN_STATES, OperationState
from console.outbox.sync_state import lock_subject, write_superseded_sync_states, write_sync_state
from console.wakeup import wake_worker

ENQUEUED = point("outbox.enqueued", "the operation is inserted, its transaction still open")

log = logging.getLogger(__name__)
__all__ = [
    "are_unsent",
    "enqueue",
    "enqueue_with_audit",
    "hold_school",
    "open_operations",
    "postpone",
    "postpone_all",
    "postponed_operations",
    "resume",
    "subjects_in_progress",
    "supersede",
]


def enqueue(
    kind: str,
    subject: Any,
    *,
    by: Any = None,
    args: dict[str, Any] | None = None,
    lane: str = "",
    after: Iterable[Operation] = (),
) -> Operation:
    """Enqueue one command to the API about `subject`, a mirrored row. Call it inside a transaction.

    The new operation supersedes a set-state change that still waits for its first attempt, because the
    request is built from the row when it is sent. `after` are operations that must finish first. While the
    school is held (`hold_school`), the operation is held, too. The relay is woken after the commit.
    """
    subject_type = subject._meta.label_lower
    lock_subject(subject_type, subject.pk)  # concurrent calls must not count the same version
    existing = Operation.objects.filter(subject_type=subject_type, subject_id=subject.pk)
    version = existing.count() + 1
    if get_kind(kind).repeat_rule == RepeatRule.SET_STATE:
        _mark_superseded(existing.filter(kind=kind, args=args or {}))
    enterprise = subject.enterprise if hasattr(subject, "enterprise") else subject
    gate, _ = Gate.objects.get_or_create(enterprise=enterprise)
    operation = Operation.objects.create(
        enterprise=enterprise,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject.pk,
        subject_label=str(subject)[:200],
        lane=lane or f"{enterprise.pk}:{subject_type}:{subject.pk}",
        version=version,
        args=args or {},
        state=OperationState.HELD if gate.held_for else OperationState.READY,
        reason=gate.held_reason,
        created_by=by,
    )
    operation.waits_for.set([earlier for earlier in after if earlier.state in OPEN_STATES])
    write_sync_state(operation)
    log.info("owed", extra={"operation": operation.pk, "kind": kind, "school": enterprise.pk})
    ENQUEUED.hit()
    transaction.on_commit(lambda: wake_worker("console.outbox.tasks.relay"))
    return operation


def supersede(operations: Any) -> int:
    """Mark waiting operations that were never attempted as superseded; return their number.

    Call it inside a transaction that has locked the rows that they are about: these no longer show them.
    """
    subjects: dict[str, set[int]] = {}
    waiting = operations.filter(state=OperationState.READY, attempts=0).order_by()
    for subject_type, subject_id in waiting.values_list("subject_type", "subject_id").distinct():
        subjects.setdefault(subject_type, set()).add(subject_id)
    count = _mark_superseded(operations)
    for subject_type, subject_ids in subjects.items():
        write_superseded_sync_states(subject_type, subject_ids)
    return count


def _mark_superseded(operations: Any) -> int:
    count: int = operations.filter(state=OperationState.READY, attempts=0).update(
        state=OperationState.SUPERSEDED, finished_at=timezone.now()
    )
    return count


def open_operations(subject: Any) -> Any:
    """Return the unfinished operations about a row, oldest first."""
    return Operation.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, state__in=OPEN_STATES
    ).order_by("id")


def postpone(subject: Any, delay: timedelta) -> list[int] | None:
    """Send what waits about a row only after `delay`, so that it can be taken back (`console.undo`).

    Return the keys of these operations; None without a delay, or while the school is held. Call it inside the
    transaction that enqueued them.
    """
    waiting = open_operations(subject)
    if not delay or waiting.filter(state=OperationState.HELD).exists():
        return None
    keys = list(waiting.filter(state=OperationState.READY, attempts=0).values_list("pk", flat=True))
    Operation.objects.filter(pk__in=keys).update(due_at=timezone.now() + delay)
    return keys


def postpone_all(subjects: Iterable[Any], delay: timedelta) -> list[int] | None:
    """Postpone what waits about each of these rows; return all keys, or None if one of them goes at once."""
    if not delay:
        return None
    found = [postpone(one, delay) for one in subjects]
    return None if None in found else [key for keys in found for key in keys or ()]


def postponed_operations(model: type[Model], key: str = "pk") -> Any:
    """Return the operations that can still be taken back about the row whose key the outer query has."""
    return Operation.objects.filter(
        subject_type=model._meta.label_lower,
        subject_id=OuterRef(key),
        state=OperationState.READY,
        attempts=0,
        due_at__gt=timezone.now(),
    )


def are_unsent(keys: Collection[int]) -> bool:
    """Return whether none of these operations was attempted. The caller changed them in this transaction."""
    unsent = (OperationState.SUPERSEDED, OperationState.READY)
    return Operation.objects.filter(pk__in=keys, state__in=unsent, attempts=0).count() == len(keys)


def subjects_in_progress(subjects: Sequence[Any]) -> set[int]:
    """Return the keys of the given rows of one model that have an unfinished operation."""
    if not subjects:
        return set()
    unfinished = Operation.objects.filter(
        subject_type=subjects[0]._meta.label_lower,
        subject_id__in=[subject.pk for subject in subjects],
        state__in=OPEN_STATES,
    )
    return set(unfinished.values_list("subject_id", flat=True))


@transaction.atomic
def resume(enterprise: Any, *, reasons: Iterable[str]) -> int:
    """Release a school's operations that are held for `reasons`; return how many became ready."""
    moved = release_holds(enterprise, list(reasons))
    if moved:
        transaction.on_commit(lambda: wake_worker("console.outbox.tasks.relay"))
    return moved


@service
def enqueue_with_audit(
    kind: str,
    action: str,
    subject: Any,
    by: Any,
    args: dict[str, Any] | None = None,
    guard: Callable[[Any, Any], None] | None = None,
) -> Operation:
    """Enqueue an operation about a row, with an entry of the audit trail.

    `guard(row, by)` raises if the stored row does not allow the operation.
    """
    stored = lock_row(subject)
    if guard is not None:
        guard(stored, by)
    record(action, stored, by=by)
    return enqueue(kind, stored, by=by, args=args)
