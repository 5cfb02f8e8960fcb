"""Probes: whether an attempt of unknown outcome took effect at the service."""

import logging

from django.db import transaction
from django.utils import timezone

from console.failpoints import point
from console.iclass import Decision, Exchange, IClassError, Refused
from console.outbox.claims import confirm_claims
from console.outbox.gates import hold_school, report_calls
from console.outbox.kinds import (
    NothingToDo,
    NotReady,
    OperationExpired,
    ProbeAbsent,
    ProbeFound,
    ProbeUnclear,
    RepeatRule,
    get_kind,
)
from console.outbox.models import Attempt, Operation
from console.outbox.reasons import reason_of
from console.outbox.recording import KEY_ERRORS, RECORDED, record
from console.outbox.send_attempt import SendAttempt, open_client
from console.outbox.states import OperationState
from console.outbox.transitions import backoff, give_up_reason, should_give_up, transition

PROBED = point("outbox.probed", "the probe is answered, nothing is recorded")
# Steps of the relay log under its name.
log = logging.getLogger("console.outbox.relay")


def probe(operation: Operation) -> None:
    """Check whether an earlier attempt took effect, and continue from there."""
    attempt, calls = SendAttempt(operation, get_kind(operation.kind)), list[Exchange]()
    attempt.set_deadline()
    if not confirm_claims([operation]):
        return
    try:
        attempt.answer = _look_up(attempt, calls)
    except (IClassError, NotReady, OperationExpired) as error:
        attempt.answer = error
    except Exception:
        log.exception("could not probe operation %s", operation.pk)
        attempt.answer = NotReady("cannot_prepare")
    PROBED.hit()
    report_calls(operation.enterprise_id, calls, paid=1)
    record(attempt, _close_probe)


def _look_up(attempt: SendAttempt, calls: list[Exchange]) -> ProbeFound | ProbeAbsent | ProbeUnclear:
    """Return what the service shows of an earlier attempt. A set-state command is read, then sent again."""
    kind, operation = attempt.kind, attempt.operation
    if kind.repeat_rule == RepeatRule.ONE_SHOT:
        return ProbeUnclear("one_shot")
    if not (kind.probe or kind.read):
        return ProbeAbsent()
    with open_client(attempt, calls) as client:
        if kind.read:
            try:
                return ProbeAbsent(kind.read(client, operation))
            except KEY_ERRORS:
                raise
            except Refused as refusal:
                if refusal.decision is not Decision.NEVER:
                    raise
                return ProbeAbsent()  # the repeat is refused likewise, and the row then shows why
        try:
            attempt.request = kind.prepare(operation)
        except NothingToDo:
            return ProbeAbsent()
        assert kind.probe is not None  # else it has a `read`
        return kind.probe(client, attempt.request, operation)


@transaction.atomic
def _close_probe(attempt: SendAttempt) -> None:
    """Record the result of a probe: found, to be sent again, still unknown, or for a person to decide."""
    operation, answer = attempt.operation, attempt.answer
    if isinstance(answer, Exception):
        _still_unknown(attempt, answer)
    elif isinstance(answer, ProbeFound):
        if transition(operation, OperationState.DONE, finished_at=timezone.now(), error_code=None, reason=""):
            attempt.kind.record(operation, answer.answer)
            attempt.save_result(Attempt.Outcome.FOUND)
            RECORDED.hit()
    elif isinstance(answer, ProbeAbsent) and not should_give_up(operation):
        if transition(operation, OperationState.READY, due_at=timezone.now()):
            if answer.learned is not None:
                assert attempt.kind.learn is not None  # goes with `read`
                attempt.kind.learn(operation, answer.learned)
            attempt.save_result(Attempt.Outcome.ABSENT)
    elif isinstance(answer, ProbeAbsent):
        if transition(operation, OperationState.NEEDS_YOU, reason=give_up_reason(operation)):
            attempt.save_result(Attempt.Outcome.ABSENT)
    elif transition(operation, OperationState.NEEDS_YOU, reason=answer.reason):
        attempt.save_result(Attempt.Outcome.UNCLEAR)


def _still_unknown(attempt: SendAttempt, error: Exception) -> None:
    operation = attempt.operation
    reason = reason_of(error) if isinstance(error, IClassError) else str(error)
    if isinstance(error, KEY_ERRORS) and attempt.is_within_margin():
        hold_school(operation.enterprise, reason)
    if should_give_up(operation):
        moved = transition(operation, OperationState.NEEDS_YOU, reason="too_many_tries")
    else:
        due = timezone.now() + backoff(operation.tries.count() + 1)
        moved = transition(operation, OperationState.UNKNOWN, due_at=due, reason=reason)
    if moved:
        attempt.save_result(Attempt.Outcome.UNKNOWN, error if isinstance(error, IClassError) else None)
