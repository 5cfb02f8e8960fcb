"""Compare with the service after a restore from a backup, before anything is sent.

Operations that wait in the backup may have been sent since it was made, and people may have made further
changes. Nothing is sent until everything has been compared. Creates are then probed before they are sent. A
change whose fields have changed at the service is left to a person, because it could undo later work.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from console.mirror.differences import differences_of
from console.mirror.registry import reconcile
from console.mirror.report import ReconcileReport
from console.outbox.kinds import RepeatRule, get_kind
from console.outbox.models import Operation
from console.outbox.services import hold_school, resume
from console.outbox.states import OperationState, machine_path
from console.outbox.sync_state import update_sync_state

HOLD_REASON, CHANGED_REASON = "after_restore", "changed_since_backup"
#: Kinds that create a duplicate or do harm if sent twice: the relay probes first.
PROBED_RULES = (RepeatRule.UNKEYED_CREATE, RepeatRule.ONE_SHOT)


def hold_operations(enterprise: Any) -> None:
    """Hold the operations of a school until `compare_with_service` is complete."""
    hold_school(enterprise, HOLD_REASON)


def compare_with_service(enterprise: Any) -> dict[str, ReconcileReport]:
    """Compare a held school with the service and release its operations if the comparison is complete.

    Otherwise the school stays held and this must be run again.
    """
    before = {operation.pk: _observed_of(operation) for operation in _held_operations(enterprise)}
    reports = reconcile(enterprise)
    if all(report.complete for report in reports.values()):
        release_operations(enterprise, before)
    return reports


@transaction.atomic
def release_operations(enterprise: Any, before: dict[int, Any]) -> None:
    """Release the held operations: to be sent, to be probed, or to a person.

    `before` maps each operation to `observed` of its row in the backup.
    """
    for operation in _held_operations(enterprise).select_for_update(no_key=True, of=("self",)):
        if get_kind(operation.kind).repeat_rule in PROBED_RULES:
            # It cannot have been sent before it was created, so the probe looks back to then.
            _move_to(
                operation,
                OperationState.UNKNOWN,
                first_sent_at=operation.created_at,
                due_at=timezone.now(),
            )
        elif _is_overtaken(operation, before.get(operation.pk)):
            _move_to(operation, OperationState.NEEDS_YOU, reason=CHANGED_REASON)
    resume(enterprise, reasons=(HOLD_REASON,))


def _held_operations(enterprise: Any) -> Any:
    return Operation.objects.filter(
        enterprise=enterprise, state=OperationState.HELD, reason=HOLD_REASON
    ).order_by("id")


def _observed_of(operation: Operation) -> Any:
    row = operation.subject()
    return row.observed if row is not None else None


def _is_overtaken(operation: Operation, before: Any) -> bool:
    """Return whether its fields changed at the service since the backup, to other values than the row's."""
    row = operation.subject()
    if row is None or before is None or get_kind(operation.kind).repeat_rule != RepeatRule.SET_STATE:
        return False
    return any(name in before and theirs != before[name] for name, (_, theirs) in differences_of(row).items())


def _move_to(operation: Operation, target: OperationState, **fields: Any) -> None:
    """Move along legal transitions, as the trigger requires; only the last is visible to others."""
    for state in machine_path(OperationState(operation.state), target):
        Operation.objects.filter(pk=operation.pk).update(state=state)
    Operation.objects.filter(pk=operation.pk).update(fence=operation.fence + 1, **{"reason": ""} | fields)
    update_sync_state(operation)
