"""Writing operations: inside the transaction of the change that they carry."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from console.bell import ring
from console.outbox.gates import hold_all, let_go
from console.outbox.kinds import Nature, kind_of
from console.outbox.models import Gate, Operation
from console.outbox.points import COALESCE, ENQUEUED
from console.outbox.reflect import reflect
from console.outbox.states import OPEN, State

log = logging.getLogger(__name__)
__all__ = ["enqueue", "hold_all", "open_operations", "resume", "supersede", "under_way"]


def enqueue(
    kind: str,
    subject: Any,
    *,
    by: Any = None,
    args: dict[str, Any] | None = None,
    lane: str = "",
    after: Iterable[Operation] = (),
) -> Operation:
    """Owe the API one command about `subject` (a mirrored row). Call it inside a transaction.

    A set-state change that still waits for its first try is superseded by this newer one, for it
    reads the row when it is sent. `after` are operations that must be done before. While the school is
    held (`hold_all`) it is held too. The relay is nudged once the transaction commits.
    """
    subject_type = subject._meta.label_lower
    mine = Operation.objects.filter(subject_type=subject_type, subject_id=subject.pk)
    version = mine.count() + 1
    if kind_of(kind).nature == Nature.SET_STATE and COALESCE.up:
        supersede(mine.filter(kind=kind, args=args or {}))
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
        state=State.HELD if gate.held_for else State.READY,
        reason=gate.held_reason,
        created_by=by,
    )
    operation.waits_for.set([earlier for earlier in after if earlier.state in OPEN])
    reflect(operation)
    log.info("owed", extra={"operation": operation.pk, "kind": kind, "school": enterprise.pk})
    ENQUEUED.hit()
    transaction.on_commit(lambda: ring("console.outbox.tasks.relay"))
    return operation


def supersede(operations: Any) -> int:
    """Take back waiting operations that were never tried; returns how many."""
    taken: int = operations.filter(state=State.READY, attempts=0).update(
        state=State.SUPERSEDED, finished_at=timezone.now()
    )
    return taken


def open_operations(subject: Any) -> Any:
    """The unfinished operations about a row, oldest first."""
    return Operation.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, state__in=OPEN
    ).order_by("id")


def under_way(subjects: Sequence[Any]) -> set[int]:
    """The keys of those of these rows, of one model, about which an operation is unfinished."""
    if not subjects:
        return set()
    theirs = Operation.objects.filter(
        subject_type=subjects[0]._meta.label_lower,
        subject_id__in=[one.pk for one in subjects],
        state__in=OPEN,
    )
    return set(theirs.values_list("subject_id", flat=True))


@transaction.atomic
def resume(enterprise: Any, *, reasons: Iterable[str]) -> int:
    """Make a school's held operations ready again once what held them is mended; returns how many."""
    moved = let_go(enterprise, list(reasons))
    if moved:
        transaction.on_commit(lambda: ring("console.outbox.tasks.relay"))
    return moved
