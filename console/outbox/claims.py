"""Claiming operations: one worker wins by updating, in one statement."""

import os
import socket
import threading
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from console.outbox.gates import LEVEL, pace
from console.outbox.models import Operation
from console.outbox.points import BREAKER, BUCKET, CLAIMED, FENCE, LANE, LEASE_EXPIRY, PROBING, SETTLE, WAITS
from console.outbox.reflect import reflect
from console.outbox.states import OPEN, State

# Workers take turns at the gates, so that a bucket is counted once and a trial is one operation.
_GATES = """
SELECT g.enterprise_id FROM outbox_gate g
WHERE cardinality(g.held_for) = 0
  AND EXISTS (SELECT 1 FROM outbox_operation o
              WHERE o.enterprise_id = g.enterprise_id AND o.state = %(from)s AND o.due_at <= %(now)s)
ORDER BY g.enterprise_id FOR NO KEY UPDATE
"""

# The head of each lane: ready, due, nothing earlier open in the lane, nothing it waits for open.
# The schools take turns (rn), so that one school's thousand does not starve another's one, and each
# takes no more than its gate lets through.
# Leases run on the database's clock; `due_at` is domain time and comes as a parameter.
# No key is changed, so the lock lets the foreign key check of an operation that waits for this one
# through: with FOR UPDATE the two waited for each other.
_CLAIM = f"""
WITH gate AS (
    SELECT g.enterprise_id, least(
        CASE WHEN NOT %(breaker)s OR g.open_until IS NULL THEN %(limit)s
             WHEN g.open_until > clock_timestamp() OR g.trial_until > clock_timestamp() THEN 0
             ELSE 1 END,
        CASE WHEN %(bucket)s THEN floor({LEVEL}) ELSE %(limit)s END) AS room
    FROM outbox_gate g WHERE cardinality(g.held_for) = 0
), candidate AS (
    SELECT o.id, row_number() OVER (PARTITION BY o.enterprise_id ORDER BY o.due_at, o.id) AS rn
    FROM outbox_operation o JOIN gate ON gate.enterprise_id = o.enterprise_id AND gate.room > 0
    WHERE o.state = %(from)s AND o.due_at <= %(now)s
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation e
        WHERE %(lanes)s AND e.lane = o.lane AND e.id < o.id AND e.state = ANY(%(open)s))
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation_waits_for w
        JOIN outbox_operation e ON e.id = w.to_operation_id
        WHERE %(waits)s AND w.from_operation_id = o.id AND e.state = ANY(%(open)s))
), pick AS (
    SELECT o.id FROM outbox_operation o
    JOIN candidate c ON c.id = o.id JOIN gate ON gate.enterprise_id = o.enterprise_id
    WHERE o.state = %(from)s AND c.rn <= gate.room
    ORDER BY c.rn, o.id LIMIT %(limit)s
    FOR NO KEY UPDATE OF o SKIP LOCKED
), taken AS (
    UPDATE outbox_operation o
    SET state = %(to)s, fence = o.fence + 1, lease_owner = %(owner)s,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
        attempts = o.attempts + %(tries)s, first_sent_at = coalesce(o.first_sent_at, %(now)s)
    FROM pick WHERE o.id = pick.id
    RETURNING o.id, o.enterprise_id
), spent AS (
    UPDATE outbox_gate g SET tokens = {LEVEL} - t.much, refilled_at = clock_timestamp(),
        trial_until = CASE WHEN g.open_until IS NULL THEN NULL
                      ELSE clock_timestamp() + make_interval(secs => %(lease)s) END
    FROM (SELECT enterprise_id, count(*) AS much FROM taken GROUP BY 1) t
    WHERE g.enterprise_id = t.enterprise_id
)
SELECT id FROM taken
"""

# Still ours, and the gate still open? Asked just before the first byte; the lease begins anew.
_GO = """
UPDATE outbox_operation o SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM outbox_gate g, unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS mine(id, fence)
WHERE g.enterprise_id = o.enterprise_id AND o.id = mine.id AND o.fence = mine.fence
  AND o.state IN ('sending', 'probing')
RETURNING o.id,
    (cardinality(g.held_for) > 0 OR (%(breaker)s AND g.open_until > clock_timestamp())) IS TRUE
"""

_BACK = """
UPDATE outbox_operation o SET lease_until = NULL,
    state = CASE WHEN o.state = 'probing' THEN 'unknown'
        WHEN cardinality(g.held_for) > 0 THEN 'held' ELSE 'ready' END,
    reason = CASE WHEN o.state = 'sending' THEN coalesce(g.held_for[1], o.reason) ELSE o.reason END,
    attempts = o.attempts - CASE o.state WHEN 'sending' THEN 1 ELSE 0 END,
    first_sent_at = CASE WHEN o.state = 'sending' AND o.attempts = 1 THEN NULL ELSE o.first_sent_at END
FROM outbox_gate g
WHERE g.enterprise_id = o.enterprise_id
  AND o.id = %(id)s AND o.fence = %(fence)s AND o.state IN ('sending', 'probing')
"""

# A locked one is being closed this very moment. The lists may not show yet what a dead worker did last.
_EXPIRE = """
UPDATE outbox_operation SET state = 'unknown', fence = fence + 1,
    due_at = CASE state WHEN 'sending' THEN %(settled)s ELSE %(now)s END
WHERE id IN (
    SELECT id FROM outbox_operation
    WHERE state IN ('sending', 'probing') AND lease_until < clock_timestamp()
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""


def owner() -> str:
    """Who we are in a lease: machine, process and thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]


def claim(limit: int) -> list[Operation]:
    """Take up to `limit` operations for sending; the mark is committed before the first byte leaves."""
    taken = _take(State.READY, State.SENDING, limit, tries=1)
    if taken:
        CLAIMED.hit()
    return taken


def claim_unknown(limit: int) -> list[Operation]:
    """Take up to `limit` operations whose outcome is unknown, for a look."""
    taken = _take(State.UNKNOWN, State.PROBING, limit, tries=0)
    if taken:
        PROBING.hit()
    return taken


def _take(origin: State, target: State, limit: int, *, tries: int) -> list[Operation]:
    parameters = {
        "from": origin,
        "to": target,
        "now": timezone.now(),
        "open": list(OPEN),
        "limit": limit,
        "owner": owner(),
        "lease": settings.LEASE_S,
        "tries": tries,
        "lanes": LANE.up,
        "waits": WAITS.up,
        "breaker": BREAKER.up,
        "bucket": BUCKET.up,
        **pace(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GATES, parameters)
        cursor.execute(_CLAIM, parameters)
        ids = [row[0] for row in cursor.fetchall()]
    # The row shows the same before and after a claim, so it is not touched: locking it here, behind the
    # operation, would meet a service that holds the row and waits for the operation.
    return list(Operation.objects.filter(pk__in=ids).select_related("enterprise__gate").order_by("id"))


def go(operations: Sequence[Operation]) -> list[Operation]:
    """Those of claimed operations that may leave now.

    One whose lease ended while this process slept belongs to somebody else by now. Where the gate was
    shut since the claim they go back unsent, and the try does not count.
    """
    if not FENCE.up:
        return list(operations)
    parameters = {
        "ids": [one.pk for one in operations],
        "fences": [one.fence for one in operations],
        "lease": settings.LEASE_S,
        "breaker": BREAKER.up,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GO, parameters)
        shut = dict(cursor.fetchall())
    for one in operations:
        if shut.get(one.pk):
            _give_back(one)
    return [one for one in operations if shut.get(one.pk) is False]


@transaction.atomic
def _give_back(operation: Operation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BACK, {"id": operation.pk, "fence": operation.fence})
    reflect(operation)


def settle_window() -> timedelta:
    """How long the lists of the service may lag behind what it has done."""
    return timedelta(seconds=settings.PROBE_SETTLE_S if SETTLE.up else 0)


def expire_leases() -> int:
    """Mark what a dead worker left half done: "look first". Returns how many."""
    if not LEASE_EXPIRY.up:
        return 0
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRE, {"now": now, "settled": now + settle_window()})
            ids = [row[0] for row in cursor.fetchall()]
        for operation in Operation.objects.filter(pk__in=ids):
            reflect(operation)
    return len(ids)
