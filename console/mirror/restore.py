"""After the database was put back from a backup: first compare, then send.

Since the backup, operations that wait in it may have gone out, and people may have gone on working. So
nothing is sent until everything was compared. A create is then looked for before it is sent, and a change
whose row is another at the service by now is left to a person: it could undo what came later.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from console.failpoints import defence
from console.mirror.drift import differences_of
from console.mirror.registry import reconcile
from console.mirror.report import Report
from console.outbox.kinds import Nature, kind_of
from console.outbox.models import Operation
from console.outbox.queue import hold_all, resume
from console.outbox.reflect import reflect
from console.outbox.states import State

REASON, CHANGED = "after_restore", "changed_since_backup"
RESTORE_HOLD = defence("mirror.restore_hold", "after a restore nothing is sent before it is compared")
#: Sent twice, these make two things or do harm: the relay looks first.
LOOK_FIRST = (Nature.UNKEYED_CREATE, Nature.ONE_SHOT)
_TO_LOOK = (State.READY, State.SENDING, State.UNKNOWN)
_TO_A_PERSON = (*_TO_LOOK, State.PROBING, State.NEEDS_YOU)


def hold(enterprise: Any) -> None:
    """Send nothing of a school until `compare` is through."""
    if RESTORE_HOLD.up:
        hold_all(enterprise, REASON)


def compare(enterprise: Any) -> dict[str, Report]:
    """Compare a held school with the service; let its operations go where the comparison was whole.

    Whatever was incomplete leaves the school held: run it again.
    """
    before = {operation.pk: _observed(operation) for operation in _held(enterprise)}
    reports = reconcile(enterprise)
    if all(report.complete for report in reports.values()):
        release(enterprise, before)
    return reports


@transaction.atomic
def release(enterprise: Any, before: dict[int, Any]) -> None:
    """Let the operations go, each as far as it may by itself. `before` is what was observed in the backup."""
    if RESTORE_HOLD.up:
        for operation in _held(enterprise).select_for_update(no_key=True, of=("self",)):
            if kind_of(operation.kind).nature in LOOK_FIRST:
                # It was certainly not sent before it was asked for: a probe may go back that far.
                _lead(operation, _TO_LOOK, first_sent_at=operation.created_at, due_at=timezone.now())
            elif _overtaken(operation, before.get(operation.pk)):
                _lead(operation, _TO_A_PERSON, reason=CHANGED)
    resume(enterprise, reasons=(REASON,))


def _held(enterprise: Any) -> Any:
    return Operation.objects.filter(enterprise=enterprise, state=State.HELD, reason=REASON).order_by("id")


def _observed(operation: Operation) -> Any:
    row = operation.subject()
    return row.observed if row is not None else None


def _overtaken(operation: Operation, before: Any) -> bool:
    """Whether what it would change was changed at the service since the backup, and not to what we want."""
    row = operation.subject()
    if row is None or before is None or kind_of(operation.kind).nature != Nature.SET_STATE:
        return False
    return any(name in before and theirs != before[name] for name, (_, theirs) in differences_of(row).items())


def _lead(operation: Operation, states: tuple[State, ...], **fields: Any) -> None:
    """Step by step along legal states; nobody sees those between, for it is one transaction."""
    for state in states:
        Operation.objects.filter(pk=operation.pk).update(state=state)
    Operation.objects.filter(pk=operation.pk).update(fence=operation.fence + 1, **{"reason": ""} | fields)
    reflect(operation)
