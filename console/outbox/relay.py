"""The relay: claim, send, record. Only the first and the last step touch the database."""

import logging
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import inf
from typing import Any

from django.utils import timezone

from console.failpoints import point
from console.iclass import Exchange, IClassError, OutcomeUnknown
from console.outbox.claims import claim, claim_unknown, confirm_claims, expire_leases
from console.outbox.gates import (
    apply_all_gates,
    create_missing_gates,
    report_calls,
    seconds_until_next_call,
)
from console.outbox.kinds import NothingToDo, NotReady, OperationExpired, get_kind, is_registered_kind
from console.outbox.models import Operation
from console.outbox.probes import probe
from console.outbox.recording import close_send, record
from console.outbox.send_attempt import SendAttempt, open_client
from console.outbox.states import OperationState
from console.outbox.transitions import transition

PREPARED = point("outbox.prepared", "the request is built")
SENDING = point("outbox.sending", "the first byte is about to be sent")
ANSWERED = point("outbox.answered", "the answer has been read, nothing is recorded")
log = logging.getLogger(__name__)
BATCH = 50


def drain(limit: int = 10_000, *, within_s: float = inf) -> int:
    """Send and probe until nothing is due, at most about `limit` operations. Return the number of steps.

    Start no further batch after `within_s` seconds. Wait where only the bucket of a school is empty.
    Operations that an open breaker or a hold keeps back are not due.
    """
    create_missing_gates()
    apply_all_gates()
    done, until = expire_leases(), time.monotonic() + within_s
    while done < limit and (not done or time.monotonic() < until):
        claim_started = time.monotonic()
        # Probe first, as the claim does: a command that is found is not sent again and frees its lane.
        unknown = claim_unknown(BATCH)
        for operation in unknown:
            probe(operation)
        claimed = claim(BATCH)
        for group in _group_for_sending(claimed):
            _send(group)
        done += len(claimed) + len(unknown)
        if not claimed and not unknown:
            pause = seconds_until_next_call(claim_started)
            if pause is None:
                break
            time.sleep(min(pause, 1.0))
    return done


def _group_for_sending(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Yield the operations of one call each: kinds with `call_many` together per school, others alone."""
    keyed = sorted(operations, key=lambda one: (one.enterprise_id, one.kind, one.pk))
    for (_, name), group in groupby(keyed, key=lambda one: (one.enterprise_id, one.kind)):
        if is_registered_kind(name) and get_kind(name).call_many:
            yield list(group)
        else:
            yield from ([one] for one in group)


def _send(operations: list[Operation]) -> None:
    attempts = [one for one in map(_prepare, operations) if one]
    if attempts:
        PREPARED.hit()
        SENDING.hit()
        for attempt in attempts:
            attempt.set_deadline()
        confirmed = {one.pk for one in confirm_claims([one.operation for one in attempts])}
        attempts = [one for one in attempts if one.operation.pk in confirmed]
    calls: list[Exchange] = []
    answers = _call(attempts, calls) if attempts else []
    ANSWERED.hit()
    report_calls(operations[0].enterprise_id, calls, paid=len(operations))
    for attempt, answer in zip(attempts, answers, strict=True):
        attempt.answer = answer
        record(attempt, close_send)


def _prepare(operation: Operation) -> SendAttempt | None:
    """Build the request from the current rows; return None if there is nothing to send."""
    try:
        kind = get_kind(operation.kind)
        return SendAttempt(operation, kind, kind.prepare(operation))
    except NothingToDo:
        transition(operation, OperationState.DONE, finished_at=timezone.now(), reason="")
    except OperationExpired as error:
        transition(operation, OperationState.REFUSED, finished_at=timezone.now(), reason=str(error))
    except NotReady as error:
        transition(operation, OperationState.HELD, reason=str(error))
    except Exception:
        log.exception("could not prepare operation %s", operation.pk)
        transition(operation, OperationState.REFUSED, finished_at=timezone.now(), reason="cannot_prepare")
    return None


def _call(attempts: Sequence[SendAttempt], calls: list[Exchange]) -> Sequence[Any]:
    """Return an answer or an IClassError for each attempt. Uses HTTP but not the database."""
    kind = attempts[0].kind
    try:
        with open_client(attempts[0], calls) as client:
            if kind.call_many:
                return kind.call_many(client, [one.request for one in attempts])
            return [kind.call(client, attempts[0].request)]
    except IClassError as error:
        return [error] * len(attempts)
    except Exception as error:
        # A bug of the console after the request may have been sent: probe, as for any lost answer.
        log.exception("could not understand the answer to %s", kind.endpoint)
        lost = OutcomeUnknown(f"{kind.endpoint}: {type(error).__name__}", endpoint=kind.endpoint)
        return [lost] * len(attempts)
