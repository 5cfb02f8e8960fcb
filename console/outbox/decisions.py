"""Decisions of a person about an operation that the relay could not finish."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.concurrency import Conflict, service
from console.outbox.models import Operation
from console.outbox.states import PERSON_STEPS, OperationState
from console.outbox.sync_state import lock_subject, write_sync_state
from console.wakeup import wake_worker

#: Maps an action of the policy table to the resulting state.
DECISIONS = {
    "send_again": OperationState.READY,
    "mark_done": OperationState.DONE,
    "park": OperationState.PARKED,
}


def allowed_decisions(operation: Operation) -> list[str]:
    """Return the decisions that are possible in the operation's state."""
    return [name for name in DECISIONS if operation.state in states_open_to(name)]


def states_open_to(decision: str) -> list[OperationState]:
    """Return the states in which an operation allows the decision."""
    return [state for state, steps in PERSON_STEPS.items() if DECISIONS[decision] in steps]


@service
def decide(operation: Operation, decision: str, *, by: object, reason: str = "") -> None:
    """Apply a decision of DECISIONS by one compare-and-set from the state that the person saw.

    Raise ValidationError if the state does not allow it, and Conflict if the state has changed since.
    """
    origin, target = OperationState(operation.state), DECISIONS[decision]
    if decision not in allowed_decisions(operation):
        raise ValidationError(
            _("This is not possible now: the operation is “%(state)s”.") % {"state": origin.label}
        )
    fields: dict[str, object] = {"finished_at": timezone.now()}
    if target == OperationState.READY:
        fields = {"due_at": timezone.now(), "finished_at": None}
    lock_subject(operation.subject_type, operation.subject_id)
    unchanged = Operation.objects.filter(pk=operation.pk, state=origin, fence=operation.fence)
    if not unchanged.update(state=target, **fields):
        raise Conflict(_("The state has changed in the meantime. Check again, then decide."))
    record(
        f"operation.{decision}",
        operation,
        by=by,
        before={"state": origin},
        after={"state": target},
        reason=reason,
    )
    write_sync_state(operation)
    operation.state = target
    if target == OperationState.READY:
        transaction.on_commit(lambda: wake_worker("console.outbox.tasks.relay"))
