"""The gate of a school: rate limit, circuit breaker and reasons to hold.

Each school has one row, shared by all workers. Claiming reads it (`console.outbox.claims`); the relay
reports the results of its calls to it.
"""

import random
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from console.iclass import Exchange
from console.outbox.models import Gate, Operation
from console.outbox.queues import OPERATIONS, Queue
from console.outbox.states import OperationState
from console.outbox.sync_state import write_sync_state

#: Outcomes of a call that mean that the service or the network has a problem. A refusal is an answer.
FAILURE_OUTCOMES = frozenset({"OutcomeUnknown", "NotReached", "Unreadable", "Busy"})
#: Reasons that hold a whole school. A single operation may be held for other reasons.
SCHOOL_HOLD_REASONS = ("10217", "10270", "expired", "after_restore")
#: The reasons among them that mean that the service refuses the school's key.
KEY_HOLD_REASONS = SCHOOL_HOLD_REASONS[:2]
#: Changes of the clock skew below this many seconds are not saved.
MIN_SKEW_CHANGE_S = 5

_CREATE_GATES = """
INSERT INTO outbox_gate (enterprise_id, tokens, refilled_at, failures, openings, held_for, skew_s)
SELECT DISTINCT o.enterprise_id, 0, '2000-01-01 00:00+00'::timestamptz, 0, 0, ARRAY[]::varchar[], 0
FROM outbox_operation o
WHERE o.state IN ('ready', 'unknown', 'held')
  AND NOT EXISTS (SELECT 1 FROM outbox_gate g WHERE g.enterprise_id = o.enterprise_id)
ON CONFLICT DO NOTHING
"""

# Tokens in the bucket now: the stored ones and those added since `refilled_at`, at most a burst.
BUCKET_LEVEL = (
    "least(%(burst)s, g.tokens"
    " + %(rate)s * greatest(0, extract(epoch FROM clock_timestamp() - g.refilled_at))::float8)"
)

_SPEND = f"""
UPDATE {{gates}} g SET tokens = {BUCKET_LEVEL} - %(spent)s, refilled_at = clock_timestamp()
WHERE g.{{gate}} = %(key)s
"""

_HEALTHY = """
UPDATE {gates} SET failures = 0, openings = 0, open_until = NULL, trial_until = NULL
WHERE {gate} = %(key)s AND (failures > 0 OR open_until IS NOT NULL)
"""

# The operation on trial made no call: another one may be the trial.
_NO_TRIAL = """
UPDATE {gates} SET trial_until = NULL WHERE {gate} = %(key)s AND trial_until IS NOT NULL
"""

# A failed trial opens the breaker again at once, for longer. A late failure of an earlier call does not
# lengthen the pause of an open breaker.
_FAILED = """
UPDATE {gates} g SET
    failures = g.failures + %(failures)s,
    openings = CASE WHEN d.opens THEN g.openings + 1 ELSE g.openings END,
    trial_until = CASE WHEN d.opens THEN NULL ELSE g.trial_until END,
    open_until = CASE WHEN d.opens THEN clock_timestamp() + make_interval(secs =>
        least(%(cap)s, %(pause)s * 2 ^ least(g.openings, 16)) * %(jitter)s) ELSE g.open_until END
FROM (
    SELECT {gate}, CASE WHEN open_until IS NULL THEN failures + %(failures)s >= %(limit)s
        ELSE open_until <= clock_timestamp() END AS opens
    FROM {gates} WHERE {gate} = %(key)s FOR NO KEY UPDATE
) d
WHERE g.{gate} = d.{gate}
"""

# A bucket that a claim found empty may hold a token by now: tokens added since the claim do not count.
_SECONDS_UNTIL_TOKEN = f"""
SELECT min((1 - {BUCKET_LEVEL}) / %(rate)s) FROM outbox_gate g
WHERE cardinality(g.held_for) = 0 AND g.open_until IS NULL AND {BUCKET_LEVEL} < 1 + %(rate)s * %(since)s
  AND EXISTS (SELECT 1 FROM outbox_operation o WHERE o.enterprise_id = g.enterprise_id
              AND o.state IN ('ready', 'unknown') AND o.due_at <= %(now)s)
"""


def bucket_parameters() -> dict[str, float]:
    """Return the parameters of BUCKET_LEVEL."""
    return {"rate": float(settings.OUTBOX_RATE), "burst": float(settings.OUTBOX_BURST)}


def create_missing_gates() -> None:
    """Create the gate of every school that has unfinished operations and no gate."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_GATES)


def report_calls(school_id: int, calls: Sequence[Exchange], *, paid: int) -> None:
    """Report the results of calls to the gate. `paid` is the number of tokens taken by the claim."""
    failures = _trailing_failures(calls)
    report_outcomes(OPERATIONS, school_id, made=len(calls), paid=paid, failures=failures)


def report_outcomes(queue: Queue, key: int, *, made: int, paid: int, failures: int) -> None:
    """Report to a gate how many calls were made, and how many of the last of them failed in a row."""
    with connection.cursor() as cursor:
        if made != paid:
            cursor.execute(queue.sql(_SPEND), {**bucket_parameters(), "key": key, "spent": made - paid})
        if not made:
            cursor.execute(queue.sql(_NO_TRIAL), {"key": key})
        if failures < made:
            cursor.execute(queue.sql(_HEALTHY), {"key": key})
        if failures:
            cursor.execute(
                queue.sql(_FAILED),
                {
                    "key": key,
                    "failures": failures,
                    "limit": settings.OUTBOX_BREAKER_FAILURES,
                    "pause": float(settings.OUTBOX_BREAKER_S),
                    "cap": queue.max_pause_s,
                    "jitter": random.uniform(0.5, 1),
                },
            )


def _trailing_failures(calls: Sequence[Exchange]) -> int:
    count = 0
    for call in reversed(calls):
        if call.outcome not in FAILURE_OUTCOMES:
            break
        count += 1
    return count


def seconds_until_next_call(claim_started: float) -> float | None:
    """Return the seconds until a school whose only obstacle is an empty bucket may call again.

    Return None if no school waits for its bucket alone. `claim_started` (monotonic) is the start of the claim
    that took nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SECONDS_UNTIL_TOKEN,
            {**bucket_parameters(), "now": timezone.now(), "since": time.monotonic() - claim_started},
        )
        (seconds,) = cursor.fetchone()
    return None if seconds is None else max(0.0, float(seconds))


def save_clock_skew(gate: Gate, skew_s: float) -> None:
    """Save how many seconds the service's clock is ahead, if that changed."""
    if abs(gate.skew_s - skew_s) >= MIN_SKEW_CHANGE_S:
        gate.skew_s = skew_s
        Gate.objects.filter(pk=gate.pk).update(skew_s=skew_s)


@transaction.atomic
def hold_school(enterprise: Any, reason: str) -> int:
    """Stop sending for a school, for a reason of `console.outbox.reasons`; return how many operations wait.

    Operations in state `sending` finish. New operations are held, too, until `resume`. A refused key does not
    hold the school if another key has been entered since `enterprise` was read.
    """
    Gate.objects.get_or_create(enterprise=enterprise)
    gate = Gate.objects.select_for_update(no_key=True).get(enterprise=enterprise)
    if reason in KEY_HOLD_REASONS and _has_another_key(enterprise):
        return 0
    if reason not in gate.held_for:
        gate.held_for = [*gate.held_for, reason]
        Gate.objects.filter(pk=gate.pk).update(
            held_for=gate.held_for, held_since=gate.held_since or Now(), open_until=None, trial_until=None
        )
    return apply_gate(gate)


def _has_another_key(enterprise: Any) -> bool:
    """Return whether the school has another key than the one that signed the call.

    Entering a key releases holds for the former key under the lock of the gate. The caller has that lock, so
    the key that is read here is the latest.
    """
    stored = enterprise._meta.model._default_manager.only("tic_key").get(pk=enterprise.pk)
    return bool(stored.tic_key.reveal() != enterprise.tic_key.reveal())


def apply_gate(gate: Gate) -> int:
    """Hold ready operations of a held gate, or release those of an open one; return how many moved.

    Rows locked by another transaction are skipped and moved the next time. Claiming skips held schools in any
    case.
    """
    operations = Operation.objects.filter(enterprise_id=gate.pk)
    if gate.held_for:
        return _move_operations(
            operations.filter(state=OperationState.READY), OperationState.HELD, gate.held_reason
        )
    return _move_operations(
        operations.filter(state=OperationState.HELD, reason__in=SCHOOL_HOLD_REASONS), OperationState.READY, ""
    )


def apply_all_gates() -> int:
    """Apply the gate of every school to its operations; return how many moved."""
    waiting = Q(held_for__len__gt=0, enterprise__operations__state=OperationState.READY)
    released_gates = Q(
        held_for__len=0,
        enterprise__operations__state=OperationState.HELD,
        enterprise__operations__reason__in=SCHOOL_HOLD_REASONS,
    )
    moved = 0
    for pk in Gate.objects.filter(waiting | released_gates).values_list("pk", flat=True).distinct():
        with transaction.atomic():
            moved += apply_gate(Gate.objects.select_for_update(no_key=True).get(pk=pk))
    return moved


def release_holds(enterprise: Any, reasons: Collection[str]) -> int:
    """Remove reasons to hold a school and release operations held for them; return how many became ready."""
    gate = Gate.objects.select_for_update(no_key=True).filter(enterprise=enterprise).first()
    remaining = [reason for reason in gate.held_for if reason not in reasons] if gate else []
    if gate and remaining != gate.held_for:
        since = gate.held_since if remaining else None
        Gate.objects.filter(pk=gate.pk).update(held_for=remaining, held_since=since)
    held = Operation.objects.filter(
        enterprise=enterprise, state=OperationState.HELD, reason__in=list(reasons)
    )
    if remaining:
        _move_operations(held, OperationState.HELD, remaining[0], wait=True)
        return 0
    return _move_operations(held, OperationState.READY, "", wait=True)


def _move_operations(operations: Any, to: OperationState, reason: str, *, wait: bool = False) -> int:
    moved = 0
    for subject_type, subject_ids in _subjects_by_type(operations):
        # Services lock the row before its operations; the same order here avoids deadlocks.
        rows = apps.get_model(subject_type)._default_manager.filter(pk__in=subject_ids).order_by("pk")
        locked = rows.select_for_update(no_key=True, of=("self",), skip_locked=not wait)
        candidates = operations.filter(
            subject_type=subject_type, subject_id__in=list(locked.values_list("pk", flat=True))
        )
        locked_operations = list(
            candidates.select_for_update(no_key=True, of=("self",), skip_locked=not wait)
        )
        fields = {"due_at": timezone.now()} if to == OperationState.READY else {}
        moved += Operation.objects.filter(pk__in=[one.pk for one in locked_operations]).update(
            state=to, reason=reason, **fields
        )
        for operation in {one.subject_id: one for one in locked_operations}.values():
            write_sync_state(operation)
    return moved


def _subjects_by_type(operations: Any) -> Iterable[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for subject_type, subject_id in (
        operations.order_by().values_list("subject_type", "subject_id").distinct()
    ):
        found.setdefault(subject_type, []).append(subject_id)
    return found.items()
