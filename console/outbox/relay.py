"""The relay: claim, send, record. Only the first and the last step touch the database."""

import logging
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.iclass import Decision, IClassError, Refused, SignatureRefused, UnknownEnterprise
from console.outbox.claims import claim, claim_unknown, expire_leases
from console.outbox.kinds import Absent, Found, Kind, Lapsed, Nature, NothingToDo, NotNow, Unclear, kind_of
from console.outbox.models import Attempt, Operation
from console.outbox.points import (
    ANSWERED,
    CLOSED,
    CLOSING,
    FENCE,
    JITTER,
    MARK_FIRST,
    ONE_SHOT,
    PREPARED,
    PROBE,
    PROBED,
    RECORDED,
    SENDING,
    SETTLE,
)
from console.outbox.reflect import reflect
from console.outbox.states import State
from console.outbox.words import reason_of

log = logging.getLogger(__name__)
BATCH = 50


@dataclass
class Try:
    """One operation on its way: the request, when it left, how it came back."""

    operation: Operation
    kind: Kind
    request: Any = None
    started_at: datetime = field(default_factory=timezone.now)
    started: float = field(default_factory=time.monotonic)
    answer: Any = None

    def attempt(self, outcome: str, error: IClassError | None = None) -> None:
        """Write the Attempt row of this try."""
        Attempt.objects.create(
            operation=self.operation,
            fence=self.operation.fence,
            endpoint=self.kind.endpoint,
            started_at=self.started_at,
            milliseconds=int((time.monotonic() - self.started) * 1000),
            outcome=outcome,
            http_status=error.http_status if error else 200,
            error_code=error.code if error else 0,
            message=str(error)[:300] if error else "",
        )


def drain(limit: int = 10_000) -> int:
    """Send and probe until nothing is due, at most about `limit` operations; returns how many steps."""
    done = expire_leases()
    while done < limit:
        with nullcontext() if MARK_FIRST.up else transaction.atomic():
            taken = claim(BATCH)
            for group in _folded(taken):
                _send(group)
        unsure = claim_unknown(BATCH)
        for operation in unsure:
            _probe(operation)
        if not taken and not unsure:
            break
        done += len(taken) + len(unsure)
    return done


def _folded(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Groups that go out in one call: the registers of one school together, all else alone."""
    keyed = sorted(operations, key=lambda one: (one.enterprise_id, one.kind, one.pk))
    for (_, name), group in groupby(keyed, key=lambda one: (one.enterprise_id, one.kind)):
        if kind_of(name).call_many:
            yield list(group)
        else:
            yield from ([one] for one in group)


def _send(operations: list[Operation]) -> None:
    kind = kind_of(operations[0].kind)
    tries = [one for one in (_prepared(operation, kind) for operation in operations) if one]
    if not tries:
        return
    PREPARED.hit()
    for one, result in zip(tries, _answers(kind, tries), strict=True):
        one.answer = result
        ANSWERED.hit()
        try:
            _close(one)
            CLOSED.hit()
        except Exception:
            # One row that cannot be recorded must not stop the rest; its lease ends in a look.
            log.exception("could not record operation %s", one.operation.pk)


def _prepared(operation: Operation, kind: Kind) -> Try | None:
    """The request, made now from our rows; None where there is nothing to send."""
    try:
        return Try(operation, kind, kind.prepare(operation))
    except NothingToDo:
        step(operation, State.DONE, finished_at=timezone.now(), reason="")
    except Lapsed as lapsed:
        step(operation, State.REFUSED, finished_at=timezone.now(), reason=str(lapsed))
    except NotNow as later:
        step(operation, State.HELD, reason=str(later))
    except Exception:
        log.exception("could not prepare operation %s", operation.pk)
        step(operation, State.REFUSED, finished_at=timezone.now(), reason="cannot_prepare")
    return None


def _answers(kind: Kind, tries: Sequence[Try]) -> Sequence[Any]:
    """An answer or an IClassError for each try, over HTTP and without the database."""
    client = tries[0].operation.enterprise.client()
    SENDING.hit()
    try:
        if kind.call_many:
            return kind.call_many(client, [one.request for one in tries])
        return [kind.call(client, tries[0].request)]
    except IClassError as error:
        return [error] * len(tries)


@transaction.atomic
def _close(one: Try) -> None:
    """Record how a try ended: its Attempt, the operation's next state, and what the answer says."""
    CLOSING.hit()
    if not isinstance(one.answer, IClassError):
        if step(one.operation, State.DONE, finished_at=timezone.now(), error_code=None, reason=""):
            one.kind.record(one.operation, one.answer)
            one.attempt(Attempt.Outcome.OK)
            RECORDED.hit()
        return
    error = one.answer
    outcome, state, fields = _verdict(one, error)
    fields |= {"reason": reason_of(error), "error_code": error.code}
    if step(one.operation, state, **fields):
        one.attempt(outcome, error)
        RECORDED.hit()


def _verdict(one: Try, error: IClassError) -> tuple[str, State, dict[str, Any]]:
    now = timezone.now()
    if isinstance(error, SignatureRefused | UnknownEnterprise):
        return Attempt.Outcome.REFUSED, State.HELD, {}
    if error.decision is Decision.SEND_AGAIN:
        return Attempt.Outcome.NOT_REACHED, State.READY, {"due_at": now + backoff(one.operation.attempts)}
    if error.decision is Decision.LOOK_FIRST:
        settle = max(_settle_window(), backoff(one.operation.attempts))
        outcome = Attempt.Outcome.REFUSED if isinstance(error, Refused) else Attempt.Outcome.UNKNOWN
        return outcome, State.UNKNOWN, {"due_at": now + settle}
    return Attempt.Outcome.REFUSED, State.REFUSED, {"finished_at": now}


def _settle_window() -> timedelta:
    """How long the lists of the service may lag behind what it has done."""
    return timedelta(seconds=settings.PROBE_SETTLE_S if SETTLE.up else 0)


def _probe(operation: Operation) -> None:
    """Look whether an earlier try took effect, and go on from there."""
    kind = kind_of(operation.kind)
    one = Try(operation, kind)
    try:
        seen = _look(one)
        PROBED.hit()
    except NothingToDo:
        seen = Absent()
    except (IClassError, NotNow, Lapsed) as error:
        _still_unknown(one, error)
        return
    with transaction.atomic():
        if isinstance(seen, Found):
            if step(operation, State.DONE, finished_at=timezone.now(), error_code=None, reason=""):
                kind.record(operation, seen.answer)
                one.attempt(Attempt.Outcome.FOUND)
        elif isinstance(seen, Absent):
            if step(operation, State.READY, due_at=timezone.now()):
                one.attempt(Attempt.Outcome.ABSENT)
        elif step(operation, State.NEEDS_YOU, reason=seen.reason):
            one.attempt(Attempt.Outcome.UNCLEAR)


def _look(one: Try) -> Found | Absent | Unclear:
    if one.kind.nature == Nature.ONE_SHOT and ONE_SHOT.up:
        return Unclear("one_shot")
    if one.kind.probe is None or not PROBE.up:
        return Absent()
    one.request = one.kind.prepare(one.operation)
    return one.kind.probe(one.operation.enterprise.client(), one.request, one.operation)


@transaction.atomic
def _still_unknown(one: Try, error: Exception) -> None:
    due = timezone.now() + backoff(one.operation.tries.count() + 1)
    reason = reason_of(error) if isinstance(error, IClassError) else str(error)
    if step(one.operation, State.UNKNOWN, due_at=due, reason=reason) and isinstance(error, IClassError):
        one.attempt(Attempt.Outcome.UNKNOWN, error)


def step(operation: Operation, to: State, **fields: Any) -> bool:
    """One compare-and-set with the fence; False where another worker has it by now."""
    with transaction.atomic():
        mine = Operation.objects.filter(pk=operation.pk)
        if FENCE.up:
            mine = mine.filter(state=operation.state, fence=operation.fence)
        if not mine.update(state=to, **fields):
            return False
        operation.state = to
        reflect(operation)
    return True


def backoff(attempts: int) -> timedelta:
    """Full jitter: anywhere between nothing and the doubling cap, so that a crowd does not march in step."""
    ceiling = min(settings.OUTBOX_BACKOFF_CAP_S, settings.OUTBOX_BACKOFF_S * 2 ** min(attempts, 16))
    return timedelta(seconds=random.uniform(0, ceiling) if JITTER.up else ceiling)
