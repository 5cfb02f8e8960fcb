"""The relay: claim, send, record. Only the first and the last step touch the database."""

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from math import inf
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.iclass import (
    Busy,
    Client,
    Decision,
    Exchange,
    IClassError,
    OutcomeUnknown,
    Refused,
    SignatureRefused,
    UnknownEnterprise,
)
from console.outbox.claims import claim, claim_unknown, expire_leases, go, settle_window
from console.outbox.gates import (
    hold_all,
    make_missing,
    note_skew,
    report,
    seconds_until_a_call,
    settle_held,
)
from console.outbox.kinds import (
    Absent,
    Found,
    Kind,
    Lapsed,
    Nature,
    NothingToDo,
    NotNow,
    Unclear,
    is_known,
    kind_of,
)
from console.outbox.models import Attempt, Operation
from console.outbox.points import (
    ANSWERED,
    CLOSED,
    CLOSING,
    FENCE,
    HOLD_ON_KEY,
    JITTER,
    MARK_FIRST,
    ONE_SHOT,
    PREPARED,
    PROBE,
    PROBED,
    RECORDED,
    SENDING,
)
from console.outbox.reflect import reflect
from console.outbox.states import State
from console.outbox.words import reason_of

log = logging.getLogger(__name__)
BATCH = 50
#: How often an answer may fail to be recorded before a person looks.
STUMBLES = 3
#: A signature counts whole seconds: one made with less left may be over when it arrives.
WHOLE_S = 2
#: Refusals that every call of the school would meet.
KEY_TROUBLE = (SignatureRefused, UnknownEnterprise)


@dataclass
class Try:
    """One operation on its way: the request, when it left, how it came back."""

    operation: Operation
    kind: Kind
    request: Any = None
    started_at: datetime = field(default_factory=timezone.now)
    started: float = field(default_factory=time.monotonic)
    answer: Any = None
    until: float = 0.0

    def leave(self) -> None:
        """Note when our right to it ends, in unix seconds; call it just before the lease begins anew."""
        self.until = timezone.now().timestamp() + settings.LEASE_S

    def is_early(self) -> bool:
        """Whether a refused signature means the key: ours ends with the lease, and may only be too late."""
        return timezone.now().timestamp() < self.until - max(settings.LEASE_S / 2, WHOLE_S)

    def attempt(self, outcome: str, error: IClassError | None = None) -> None:
        """Write the Attempt row of this try, and a line of the log."""
        figures = {
            "endpoint": self.kind.endpoint,
            "milliseconds": int((time.monotonic() - self.started) * 1000),
            "outcome": outcome,
            "http_status": error.http_status if error else 200,
            "error_code": error.code if error else 0,
        }
        Attempt.objects.create(
            operation=self.operation,
            fence=self.operation.fence,
            started_at=self.started_at,
            message=str(error)[:300] if error else "",
            **figures,
        )
        school = self.operation.enterprise_id
        log.info("tried", extra={"operation": self.operation.pk, "school": school, **figures})


def drain(limit: int = 10_000, *, within_s: float = inf) -> int:
    """Send and probe until nothing is due, at most about `limit` operations; returns how many steps.

    After `within_s` seconds no further batch is begun. Where only the bucket of a school is empty it waits
    for it; what an open breaker or a reason to hold keeps back is not due.
    """
    make_missing()
    settle_held()
    done, until = expire_leases(), time.monotonic() + within_s
    while done < limit and (not done or time.monotonic() < until):
        asked = time.monotonic()
        with nullcontext() if MARK_FIRST.up else transaction.atomic():
            taken = claim(BATCH)
            for group in _folded(taken):
                _send(group)
        unsure = claim_unknown(BATCH)
        for operation in unsure:
            _probe(operation)
        done += len(taken) + len(unsure)
        if not taken and not unsure:
            pause = seconds_until_a_call(asked)
            if pause is None:
                break
            time.sleep(min(pause, 1.0))
    return done


def _folded(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Groups that go out in one call: the registers of one school together, all else alone."""
    keyed = sorted(operations, key=lambda one: (one.enterprise_id, one.kind, one.pk))
    for (_, name), group in groupby(keyed, key=lambda one: (one.enterprise_id, one.kind)):
        if is_known(name) and kind_of(name).call_many:
            yield list(group)
        else:
            yield from ([one] for one in group)


def _send(operations: list[Operation]) -> None:
    tries = [one for one in map(_prepared, operations) if one]
    if tries:
        PREPARED.hit()
        SENDING.hit()
        for one in tries:
            one.leave()
        mine = {one.pk for one in go([one.operation for one in tries])}
        tries = [one for one in tries if one.operation.pk in mine]
    calls: list[Exchange] = []
    answers = _answers(tries, calls) if tries else []
    ANSWERED.hit()
    report(operations[0].enterprise_id, calls, paid=len(operations))
    for one, answer in zip(tries, answers, strict=True):
        one.answer = answer
        _recorded(one, _close)


def _prepared(operation: Operation) -> Try | None:
    """The request, made now from our rows; None where there is nothing to send."""
    try:
        kind = kind_of(operation.kind)
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


def _answers(tries: Sequence[Try], calls: list[Exchange]) -> Sequence[Any]:
    """An answer or an IClassError for each try, over HTTP and without the database."""
    kind = tries[0].kind
    try:
        with _client(tries[0], calls) as client:
            if kind.call_many:
                return kind.call_many(client, [one.request for one in tries])
            return [kind.call(client, tries[0].request)]
    except IClassError as error:
        return [error] * len(tries)
    except Exception as error:
        # A fault of our own after the request may have left: look first, like any lost answer.
        log.exception("could not understand the answer to %s", kind.endpoint)
        lost = OutcomeUnknown(f"{kind.endpoint}: {type(error).__name__}", endpoint=kind.endpoint)
        return [lost] * len(tries)


@contextmanager
def _client(one: Try, calls: list[Exchange]) -> Iterator[Client]:
    """The school's client: it notes its calls and the service's clock, and falls silent with our lease."""
    school = one.operation.enterprise
    client: Client = school.client(on_exchange=calls.append, until=one.until if FENCE.up else None)
    client.assume_skew(school.gate.skew_s)
    try:
        yield client
    finally:
        note_skew(school.gate, client.skew)


def _recorded(one: Try, close: Callable[[Try], None]) -> None:
    """Close a try. Where that fails twice the answer is noted as not recorded, and is looked for later."""
    was = one.operation.state
    for _ in range(2):
        try:
            close(one)
        except Exception:
            log.exception("could not record operation %s", one.operation.pk)
            one.operation.state = was
        else:
            CLOSED.hit()
            return
    _stumbled(one)


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
    if state == State.HELD and HOLD_ON_KEY.up:
        hold_all(one.operation.enterprise, fields["reason"])
    if step(one.operation, state, **fields):
        one.attempt(outcome, error)
        RECORDED.hit()


def _verdict(one: Try, error: IClassError) -> tuple[str, State, dict[str, Any]]:
    now = timezone.now()
    if isinstance(error, KEY_TROUBLE) and one.is_early():
        return Attempt.Outcome.REFUSED, State.HELD, {}
    if error.decision is Decision.SEND_AGAIN or isinstance(error, KEY_TROUBLE):
        if _is_hopeless(one.operation):
            return Attempt.Outcome.NOT_REACHED, State.UNKNOWN, {"due_at": now}
        return Attempt.Outcome.NOT_REACHED, State.READY, {"due_at": now + _pause(one.operation, error)}
    if error.decision is Decision.LOOK_FIRST:
        settle = max(settle_window(), backoff(one.operation.attempts))
        outcome = Attempt.Outcome.REFUSED if isinstance(error, Refused) else Attempt.Outcome.UNKNOWN
        return outcome, State.UNKNOWN, {"due_at": now + settle}
    return Attempt.Outcome.REFUSED, State.REFUSED, {"finished_at": now}


def _probe(operation: Operation) -> None:
    """Look whether an earlier try took effect, and go on from there."""
    one, calls = Try(operation, kind_of(operation.kind)), list[Exchange]()
    one.leave()
    if not go([operation]):
        return
    try:
        one.answer = _look(one, calls)
    except (IClassError, NotNow, Lapsed) as trouble:
        one.answer = trouble
    except Exception:
        log.exception("could not look for operation %s", operation.pk)
        one.answer = NotNow("cannot_prepare")
    PROBED.hit()
    report(operation.enterprise_id, calls, paid=1)
    _recorded(one, _close_look)


def _look(one: Try, calls: list[Exchange]) -> Found | Absent | Unclear:
    """What the service shows of an earlier try. A set-state command is read back, then sent again."""
    kind, operation = one.kind, one.operation
    if kind.nature == Nature.ONE_SHOT and ONE_SHOT.up:
        return Unclear("one_shot")
    if not PROBE.up or not (kind.probe or kind.read):
        return Absent()
    with _client(one, calls) as client:
        if kind.read:
            try:
                return Absent(kind.read(client, operation))
            except KEY_TROUBLE:
                raise
            except Refused as no:
                if no.decision is not Decision.NEVER:
                    raise
                return Absent()  # the repeat will be told the same, and says so on the row
        try:
            one.request = kind.prepare(operation)
        except NothingToDo:
            return Absent()
        return kind.probe(client, one.request, operation)


@transaction.atomic
def _close_look(one: Try) -> None:
    """Record what a look brought: adopted, to be sent again, still unknown, or a person's turn."""
    operation, seen = one.operation, one.answer
    if isinstance(seen, Exception):
        _still_unknown(one, seen)
    elif isinstance(seen, Found):
        if step(operation, State.DONE, finished_at=timezone.now(), error_code=None, reason=""):
            one.kind.record(operation, seen.answer)
            one.attempt(Attempt.Outcome.FOUND)
            RECORDED.hit()
    elif isinstance(seen, Absent) and not _is_hopeless(operation):
        if step(operation, State.READY, due_at=timezone.now()):
            if seen.learned is not None:
                one.kind.learn(operation, seen.learned)
            one.attempt(Attempt.Outcome.ABSENT)
    elif isinstance(seen, Absent):
        if step(operation, State.NEEDS_YOU, reason=_why_hopeless(operation)):
            one.attempt(Attempt.Outcome.ABSENT)
    elif step(operation, State.NEEDS_YOU, reason=seen.reason):
        one.attempt(Attempt.Outcome.UNCLEAR)


def _still_unknown(one: Try, trouble: Exception) -> None:
    operation = one.operation
    reason = reason_of(trouble) if isinstance(trouble, IClassError) else str(trouble)
    if isinstance(trouble, KEY_TROUBLE) and one.is_early() and HOLD_ON_KEY.up:
        hold_all(operation.enterprise, reason)
    if _is_hopeless(operation):
        moved = step(operation, State.NEEDS_YOU, reason="too_many_tries")
    else:
        due = timezone.now() + backoff(operation.tries.count() + 1)
        moved = step(operation, State.UNKNOWN, due_at=due, reason=reason)
    if moved:
        one.attempt(Attempt.Outcome.UNKNOWN, trouble if isinstance(trouble, IClassError) else None)


@transaction.atomic
def _stumbled(one: Try) -> None:
    """Note an answer that could not be recorded; after the third a person looks."""
    operation = one.operation
    before = operation.tries.filter(outcome=Attempt.Outcome.UNRECORDED).count()
    if operation.state == State.PROBING and before + 1 >= STUMBLES:
        moved = step(operation, State.NEEDS_YOU, reason="cannot_record")
    else:
        due = timezone.now() + max(settle_window(), backoff(before + 1))
        moved = step(operation, State.UNKNOWN, due_at=due, reason="cannot_record")
    if moved:
        one.attempt(Attempt.Outcome.UNRECORDED)


def _why_hopeless(operation: Operation) -> str:
    """Why a machine gives up an operation; empty while it does not."""
    if operation.tries.filter(outcome=Attempt.Outcome.UNRECORDED).count() >= STUMBLES:
        return "cannot_record"
    age = timezone.now() - (operation.first_sent_at or operation.created_at)
    old = age > timedelta(seconds=settings.OUTBOX_GIVE_UP_S)
    return "too_many_tries" if old and operation.tries.count() >= settings.OUTBOX_TRIES else ""


def _is_hopeless(operation: Operation) -> bool:
    return bool(_why_hopeless(operation))


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


def _pause(operation: Operation, error: IClassError) -> timedelta:
    """How long before the next try: as long as the service asks for, and not all at once."""
    asked = error.retry_after or 0 if isinstance(error, Busy) else 0
    return timedelta(seconds=min(asked, settings.OUTBOX_BACKOFF_CAP_S)) + backoff(operation.attempts)


def backoff(attempts: int) -> timedelta:
    """Full jitter: anywhere between nothing and the doubling cap, so that a crowd does not march in step."""
    ceiling = min(settings.OUTBOX_BACKOFF_CAP_S, settings.OUTBOX_BACKOFF_S * 2 ** min(attempts, 16))
    return timedelta(seconds=random.uniform(0, ceiling) if JITTER.up else ceiling)
