"""What a person decides about an operation that the machine could not finish."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.bell import ring
from console.outbox.models import Operation
from console.outbox.reflect import reflect
from console.outbox.states import PERSON_STEPS, State

#: Action of the policy table → the state that it leads to.
DECISIONS = {"send_again": State.READY, "mark_done": State.DONE, "park": State.PARKED}


def open_to(operation: Operation) -> list[str]:
    """The decisions that a person may take now."""
    legal = PERSON_STEPS.get(State(operation.state), frozenset())
    return [name for name, state in DECISIONS.items() if state in legal]


@transaction.atomic
def decide(operation: Operation, decision: str, *, by: object, reason: str = "") -> None:
    """Take a decision of DECISIONS. One compare-and-set from the state that the person saw.

    ValidationError where it is not legal from that state, or where the state has changed meanwhile.
    """
    seen, to = State(operation.state), DECISIONS[decision]
    if decision not in open_to(operation):
        raise ValidationError(
            _("This cannot be done now: the operation is “%(state)s”.") % {"state": seen.label}
        )
    fields: dict[str, object] = {"finished_at": timezone.now()}
    if to == State.READY:
        fields = {"due_at": timezone.now(), "finished_at": None}
    unchanged = Operation.objects.filter(pk=operation.pk, state=seen, fence=operation.fence)
    if not unchanged.update(state=to, **fields):
        raise ValidationError(_("Its state has changed meanwhile. Look again, then decide."))
    operation.state = to
    record(
        f"operation.{decision}",
        operation,
        by=by,
        before={"state": seen},
        after={"state": to},
        reason=reason,
    )
    reflect(operation)
    if to == State.READY:
        transaction.on_commit(lambda: ring("console.outbox.tasks.relay"))
