"""Writing operations: inside the transaction of the change that they carry."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from console.outbox.bell import ring
from console.outbox.kinds import Nature, kind_of
from console.outbox.models import Operation
from console.outbox.points import COALESCE, ENQUEUED
from console.outbox.reflect import reflect
from console.outbox.states import OPEN, State


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
    reads the row when it is sent. `after` are operations that must be done before. The relay is
    nudged once the transaction commits.
    """
    subject_type = subject._meta.label_lower
    mine = Operation.objects.filter(subject_type=subject_type, subject_id=subject.pk)
    version = mine.count() + 1
    if kind_of(kind).nature == Nature.SET_STATE and COALESCE.up:
        supersede(mine.filter(kind=kind, args=args or {}))
    enterprise = subject.enterprise if hasattr(subject, "enterprise") else subject
    operation = Operation.objects.create(
        enterprise=enterprise,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject.pk,
        subject_label=str(subject)[:200],
        lane=lane or f"{enterprise.pk}:{subject_type}:{subject.pk}",
        version=version,
        args=args or {},
        created_by=by,
    )
    operation.waits_for.set([earlier for earlier in after if earlier.state in OPEN])
    reflect(operation)
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


@transaction.atomic
def resume(enterprise: Any, *, reasons: Iterable[str]) -> int:
    """Make a school's held operations ready again once what held them is mended; returns how many."""
    held = list(
        Operation.objects.select_for_update().filter(
            enterprise=enterprise, state=State.HELD, reason__in=list(reasons)
        )
    )
    for operation in held:
        Operation.objects.filter(pk=operation.pk).update(state=State.READY, due_at=timezone.now(), reason="")
        reflect(operation)
    if held:
        transaction.on_commit(lambda: ring("console.outbox.tasks.relay"))
    return len(held)
