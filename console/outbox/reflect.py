"""Show the state of a row's operations on the row itself."""

from django.apps import apps

from console.outbox.models import Operation
from console.outbox.states import OPEN, SYNC_OF_STATE, State

#: Which open state a row shows where it has several: the one that wants a person first.
_LOUDEST = (State.NEEDS_YOU, State.HELD, State.UNKNOWN, State.PROBING, State.SENDING, State.READY)


def reflect(operation: Operation) -> None:
    """Write `sync_state` and `sync_reason` of the operation's subject, in the caller's transaction."""
    state, reason = _summary(operation)
    model = apps.get_model(operation.subject_type)
    model._default_manager.filter(pk=operation.subject_id).update(
        sync_state=SYNC_OF_STATE[state], sync_reason=reason
    )


def _summary(operation: Operation) -> tuple[State, str]:
    rows = Operation.objects.filter(
        subject_type=operation.subject_type, subject_id=operation.subject_id
    ).exclude(state=State.SUPERSEDED)
    waiting = dict(rows.filter(state__in=OPEN).values_list("state", "reason"))
    for state in _LOUDEST:
        if state in waiting:
            return state, waiting[state]
    last = rows.order_by("-id").values_list("state", "reason").first()
    return (State(last[0]), last[1] if last[0] != State.DONE else "") if last else (State.DONE, "")
