"""The gate of a school: how many calls a second, when to leave a service in trouble alone, when to hold.

One row a school, shared by all workers. Claiming asks it (`console.outbox.claims`); whoever made calls
tells it how they went.
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
from console.outbox.points import BREAKER, BUCKET
from console.outbox.reflect import reflect
from console.outbox.states import State

#: Ends of a call that say that the service, or the way to it, is in trouble. A refusal is an answer.
TROUBLE = frozenset({"OutcomeUnknown", "NotReached", "Unreadable", "Busy"})
#: Reasons that hold a whole school; an operation may be held for others of its own.
OF_SCHOOL = ("10217", "10270", "expired", "after_restore")
#: Clock differences that are not worth a write, in seconds.
SAME_CLOCK_S = 5

_MAKE = """
INSERT INTO outbox_gate (enterprise_id, tokens, refilled_at, failures, openings, held_for, skew_s)
SELECT DISTINCT o.enterprise_id, 0, '2000-01-01 00:00+00'::timestamptz, 0, 0, ARRAY[]::varchar[], 0
FROM outbox_operation o
WHERE o.state IN ('ready', 'unknown', 'held')
  AND NOT EXISTS (SELECT 1 FROM outbox_gate g WHERE g.enterprise_id = o.enterprise_id)
ON CONFLICT DO NOTHING
"""

# What came in since the bucket was last counted, at most a burst.
LEVEL = (
    "least(%(burst)s, g.tokens"
    " + %(rate)s * greatest(0, extract(epoch FROM clock_timestamp() - g.refilled_at))::float8)"
)

_SPEND = f"""
UPDATE outbox_gate g SET tokens = {LEVEL} - %(spent)s, refilled_at = clock_timestamp()
WHERE g.enterprise_id = %(school)s
"""

_HEALTHY = """
UPDATE outbox_gate SET failures = 0, openings = 0, open_until = NULL, trial_until = NULL
WHERE enterprise_id = %(school)s AND (failures > 0 OR open_until IS NOT NULL)
"""

# The operation on trial had nothing to ask: another one may try.
_NO_TRIAL = """
UPDATE outbox_gate SET trial_until = NULL WHERE enterprise_id = %(school)s AND trial_until IS NOT NULL
"""

# A trial that failed opens again at once, and for longer; a late failure of before does not count twice.
_FAILED = """
UPDATE outbox_gate g SET
    failures = g.failures + %(failures)s,
    openings = CASE WHEN d.opens THEN g.openings + 1 ELSE g.openings END,
    trial_until = CASE WHEN d.opens THEN NULL ELSE g.trial_until END,
    open_until = CASE WHEN d.opens THEN clock_timestamp() + make_interval(secs =>
        least(%(cap)s, %(pause)s * 2 ^ least(g.openings, 16)) * %(jitter)s) ELSE g.open_until END
FROM (
    SELECT enterprise_id, CASE WHEN open_until IS NULL THEN failures + %(failures)s >= %(limit)s
        ELSE open_until <= clock_timestamp() END AS opens
    FROM outbox_gate WHERE enterprise_id = %(school)s FOR NO KEY UPDATE
) d
WHERE g.enterprise_id = d.enterprise_id
"""

# A bucket that a claim found empty may hold a call by now: what came in since then counts as empty.
_DRY = f"""
SELECT min((1 - {LEVEL}) / %(rate)s) FROM outbox_gate g
WHERE cardinality(g.held_for) = 0 AND g.open_until IS NULL AND {LEVEL} < 1 + %(rate)s * %(since)s
  AND EXISTS (SELECT 1 FROM outbox_operation o WHERE o.enterprise_id = g.enterprise_id
              AND o.state IN ('ready', 'unknown') AND o.due_at <= %(now)s)
"""


def pace() -> dict[str, float]:
    """The parameters of LEVEL."""
    return {"rate": float(settings.OUTBOX_RATE), "burst": float(settings.OUTBOX_BURST)}


def make_missing() -> None:
    """Give every school that owes something a gate."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)


def report(school_id: int, calls: Sequence[Exchange], *, paid: int) -> None:
    """Tell the gate how the calls went for which `paid` tokens were taken when claiming."""
    with connection.cursor() as cursor:
        if len(calls) != paid and BUCKET.up:
            cursor.execute(_SPEND, {**pace(), "school": school_id, "spent": len(calls) - paid})
        failures = _failures_at_the_end(calls)
        if not calls:
            cursor.execute(_NO_TRIAL, {"school": school_id})
        if failures < len(calls):
            cursor.execute(_HEALTHY, {"school": school_id})
        if failures and BREAKER.up:
            cursor.execute(
                _FAILED,
                {
                    "school": school_id,
                    "failures": failures,
                    "limit": settings.OUTBOX_BREAKER_FAILURES,
                    "pause": float(settings.OUTBOX_BREAKER_S),
                    "cap": float(settings.OUTBOX_BREAKER_CAP_S),
                    "jitter": random.uniform(0.5, 1),
                },
            )


def _failures_at_the_end(calls: Sequence[Exchange]) -> int:
    count = 0
    for call in reversed(calls):
        if call.outcome not in TROUBLE:
            break
        count += 1
    return count


def seconds_until_a_call(asked: float) -> float | None:
    """How long until a school that owes something may call again, where only its bucket is empty.

    `asked` (monotonic) is when claiming began that took nothing.
    """
    if not BUCKET.up:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_DRY, {**pace(), "now": timezone.now(), "since": time.monotonic() - asked})
        (seconds,) = cursor.fetchone()
    return None if seconds is None else max(0.0, float(seconds))


def note_skew(gate: Gate, skew_s: float) -> None:
    """Keep how far the service's clock is ahead, where that changed."""
    if abs(gate.skew_s - skew_s) >= SAME_CLOCK_S:
        gate.skew_s = skew_s
        Gate.objects.filter(pk=gate.pk).update(skew_s=skew_s)


@transaction.atomic
def hold_all(enterprise: Any, reason: str) -> int:
    """Send nothing of a school any more, for a reason of `console.outbox.words`; returns how many wait.

    What is being sent ends as it may. What is asked for meanwhile is held too, until `resume`.
    """
    Gate.objects.get_or_create(enterprise=enterprise)
    gate = Gate.objects.select_for_update(no_key=True).get(enterprise=enterprise)
    if reason not in gate.held_for:
        gate.held_for = [*gate.held_for, reason]
        Gate.objects.filter(pk=gate.pk).update(
            held_for=gate.held_for, held_since=gate.held_since or Now(), open_until=None, trial_until=None
        )
    return obey(gate)


def obey(gate: Gate) -> int:
    """Hold what waits at a held gate, let go what an open one held; returns how many moved.

    Nothing here waits for a row that a person's change has locked: that one is moved the next time, and
    claiming passes a held school by in any case.
    """
    mine = Operation.objects.filter(enterprise_id=gate.pk)
    if gate.held_for:
        return _move(mine.filter(state=State.READY), State.HELD, gate.held_reason)
    return _move(mine.filter(state=State.HELD, reason__in=OF_SCHOOL), State.READY, "")


def settle_held() -> int:
    """Let every school's operations follow its gate; returns how many moved."""
    waiting = Q(held_for__len__gt=0, enterprise__operations__state=State.READY)
    freed = Q(
        held_for__len=0,
        enterprise__operations__state=State.HELD,
        enterprise__operations__reason__in=OF_SCHOOL,
    )
    moved = 0
    for pk in Gate.objects.filter(waiting | freed).values_list("pk", flat=True).distinct():
        with transaction.atomic():
            moved += obey(Gate.objects.select_for_update(no_key=True).get(pk=pk))
    return moved


def let_go(enterprise: Any, reasons: Collection[str]) -> int:
    """Take back reasons to hold a school, and make ready what was held for them; returns how many."""
    gate = Gate.objects.select_for_update(no_key=True).filter(enterprise=enterprise).first()
    left = [one for one in gate.held_for if one not in reasons] if gate else []
    if gate and left != gate.held_for:
        since = gate.held_since if left else None
        Gate.objects.filter(pk=gate.pk).update(held_for=left, held_since=since)
    held = Operation.objects.filter(enterprise=enterprise, state=State.HELD, reason__in=list(reasons))
    if left:
        return _rename(held, left[0])
    return _move(held, State.READY, "", wait=True)


def _move(operations: Any, to: State, reason: str, *, wait: bool = False) -> int:
    moved = 0
    for subject_type, subject_ids in _subjects(operations):
        # The row before its operations, as services lock them.
        rows = apps.get_model(subject_type)._default_manager.filter(pk__in=subject_ids).order_by("pk")
        locked = rows.select_for_update(no_key=True, of=("self",), skip_locked=not wait)
        theirs = operations.filter(
            subject_type=subject_type, subject_id__in=list(locked.values_list("pk", flat=True))
        )
        mine = list(theirs.select_for_update(no_key=True, of=("self",), skip_locked=not wait))
        fields = {"due_at": timezone.now()} if to == State.READY else {}
        moved += Operation.objects.filter(pk__in=[one.pk for one in mine]).update(
            state=to, reason=reason, **fields
        )
        for operation in {one.subject_id: one for one in mine}.values():
            reflect(operation)
    return moved


def _rename(operations: Any, reason: str) -> int:
    """Another reason holds them still."""
    renamed = list(operations.select_for_update(no_key=True, of=("self",)))
    Operation.objects.filter(pk__in=[one.pk for one in renamed]).update(reason=reason)
    for operation in renamed:
        reflect(operation)
    return 0


def _subjects(operations: Any) -> Iterable[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for subject_type, subject_id in (
        operations.order_by().values_list("subject_type", "subject_id").distinct()
    ):
        found.setdefault(subject_type, []).append(subject_id)
    return found.items()
