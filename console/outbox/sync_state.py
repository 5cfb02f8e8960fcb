"""Write the state of a row's operations to the row itself."""

from collections.abc import Iterable

from django.apps import apps

from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, SYNC_OF_STATE, OperationState

#: Order in which a row with several open operations shows their states: those that need a person first.
_MOST_URGENT = (
    OperationState.NEEDS_YOU,
    OperationState.HELD,
    OperationState.UNKNOWN,
    OperationState.PROBING,
    OperationState.SENDING,
    OperationState.READY,
)


def lock_subject(subject_type: str, subject_id: int) -> None:
    """Lock the row that operations are about. Lock it before them, as services do, to avoid deadlocks."""
    rows = apps.get_model(subject_type)._default_manager.filter(pk=subject_id)
    rows.order_by().select_for_update(of=("self",), no_key=True).values_list("pk", flat=True).first()


def update_sync_state(operation: Operation) -> None:
    """Write `sync_state` and `sync_reason` of the operation's subject, in the caller's transaction.

    Lock the row first, so that operations of a concurrent transaction are either visible or come later.
    """
    lock_subject(operation.subject_type, operation.subject_id)
    write_sync_state(operation)


def write_sync_state(operation: Operation) -> None:
    """Do the same as `update_sync_state` for a caller that has locked the row."""
    _write(operation.subject_type, operation.subject_id)


def write_superseded_sync_states(subject_type: str, subject_ids: Iterable[int]) -> None:
    """Do the same for rows of one model whose waiting operations were superseded: one query for most."""
    ids = set(subject_ids)
    others = Operation.objects.filter(subject_type=subject_type, subject_id__in=ids).exclude(
        state=OperationState.SUPERSEDED
    )
    remaining = set(others.values_list("subject_id", flat=True))
    rows = apps.get_model(subject_type)._default_manager.filter(pk__in=ids - remaining)
    rows.update(sync_state=SYNC_OF_STATE[OperationState.DONE], sync_reason="")
    waiting = set(others.filter(state__in=OPEN_STATES).values_list("subject_id", flat=True))
    for subject_id in sorted(remaining - waiting):
        _write(subject_type, subject_id)


def _write(subject_type: str, subject_id: int) -> None:
    state, reason = _summary(subject_type, subject_id)
    rows = apps.get_model(subject_type)._default_manager.filter(pk=subject_id)
    rows.update(sync_state=SYNC_OF_STATE[state], sync_reason=reason)


def _summary(subject_type: str, subject_id: int) -> tuple[OperationState, str]:
    rows = Operation.objects.filter(subject_type=subject_type, subject_id=subject_id).exclude(
        state=OperationState.SUPERSEDED
    )
    waiting = dict(rows.filter(state__in=OPEN_STATES).values_list("state", "reason"))
    for state in _MOST_URGENT:
        if state in waiting:
            return state, waiting[state]
    last = rows.order_by("-id").values_list("state", "reason").first()
    return (
        (OperationState(last[0]), last[1] if last[0] != OperationState.DONE else "")
        if last
        else (OperationState.DONE, "")
    )
