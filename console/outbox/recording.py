"""Recording of the result of an attempt: its Attempt row, the next state of the operation, the answer."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from console.failpoints import point
from console.iclass import Decision, IClassError, Refused, SignatureRefused, UnknownEnterprise
from console.outbox.claims import settle_window
from console.outbox.gates import hold_school
from console.outbox.models import Attempt
from console.outbox.reasons import reason_of
from console.outbox.send_attempt import SendAttempt
from console.outbox.states import OperationState
from console.outbox.transitions import MAX_RECORD_FAILURES, backoff, retry_delay, should_give_up, transition

CLOSING = point("outbox.closing", "the closing transaction is open, nothing is recorded")
RECORDED = point("outbox.recorded", "the answer is recorded, not committed")
CLOSED = point("outbox.closed", "the result is committed")
# Steps of the relay log under its name.
log = logging.getLogger("console.outbox.relay")
#: Refusals that affect every call of the school.
KEY_ERRORS = (SignatureRefused, UnknownEnterprise)


def record(attempt: SendAttempt, close: Callable[[SendAttempt], None]) -> None:
    """Close an attempt. If that fails twice, mark its answer as not recorded, so that it is probed later."""
    was = attempt.operation.state
    for _ in range(2):
        try:
            close(attempt)
        except Exception:
            log.exception("could not record operation %s", attempt.operation.pk)
            attempt.operation.state = was
        else:
            CLOSED.hit()
            return
    _note_unrecorded(attempt)


@transaction.atomic
def close_send(attempt: SendAttempt) -> None:
    """Record the result of a send: its Attempt row, the operation's next state and the answer."""
    CLOSING.hit()
    if not isinstance(attempt.answer, IClassError):
        if transition(
            attempt.operation, OperationState.DONE, finished_at=timezone.now(), error_code=None, reason=""
        ):
            attempt.kind.record(attempt.operation, attempt.answer)
            attempt.save_result(Attempt.Outcome.OK)
            RECORDED.hit()
        return
    error = attempt.answer
    outcome, state, fields = _next_state(attempt, error)
    fields |= {"reason": reason_of(error), "error_code": error.code}
    if state == OperationState.HELD:
        hold_school(attempt.operation.enterprise, fields["reason"])
    if transition(attempt.operation, state, **fields):
        attempt.save_result(outcome, error)
        RECORDED.hit()


def _next_state(attempt: SendAttempt, error: IClassError) -> tuple[str, OperationState, dict[str, Any]]:
    now = timezone.now()
    if isinstance(error, KEY_ERRORS) and attempt.is_within_margin():
        return Attempt.Outcome.REFUSED, OperationState.HELD, {}
    if error.decision is Decision.SEND_AGAIN or isinstance(error, KEY_ERRORS):
        if should_give_up(attempt.operation):
            return Attempt.Outcome.NOT_REACHED, OperationState.UNKNOWN, {"due_at": now}
        return (
            Attempt.Outcome.NOT_REACHED,
            OperationState.READY,
            {"due_at": now + retry_delay(attempt.operation, error)},
        )
    if error.decision is Decision.LOOK_FIRST:
        settle = max(settle_window(), backoff(attempt.operation.attempts))
        outcome = Attempt.Outcome.REFUSED if isinstance(error, Refused) else Attempt.Outcome.UNKNOWN
        return outcome, OperationState.UNKNOWN, {"due_at": now + settle}
    return Attempt.Outcome.REFUSED, OperationState.REFUSED, {"finished_at": now}


@transaction.atomic
def _note_unrecorded(attempt: SendAttempt) -> None:
    """Mark an answer as not recorded. After MAX_RECORD_FAILURES of them a person must decide."""
    operation = attempt.operation
    before = operation.tries.filter(outcome=Attempt.Outcome.UNRECORDED).count()
    if operation.state == OperationState.PROBING and before + 1 >= MAX_RECORD_FAILURES:
        moved = transition(operation, OperationState.NEEDS_YOU, reason="cannot_record")
    else:
        due = timezone.now() + max(settle_window(), backoff(before + 1))
        moved = transition(operation, OperationState.UNKNOWN, due_at=due, reason="cannot_record")
    if moved:
        attempt.save_result(Attempt.Outcome.UNRECORDED)
