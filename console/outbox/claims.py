"""Claim operations: a single UPDATE decides which worker gets each one."""

import os
import socket
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from console.failpoints import point
from console.outbox.gates import BUCKET_LEVEL, bucket_parameters
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, OperationState
from console.outbox.sync_state import lock_subject, update_sync_state, write_sync_state

CLAIMED = point("outbox.claimed", "the claim is committed, nothing else has happened")
PROBING = point("outbox.probing", "an operation of unknown outcome is claimed for a probe")

# Workers lock the gates one after the other, so that a bucket is counted once and a trial is one operation.
_LOCK_GATES = """
SELECT g.enterprise_id FROM outbox_gate g
WHERE cardinality(g.held_for) = 0
  AND EXISTS (SELECT 1 FROM outbox_operation o
              WHERE o.enterprise_id = g.enterprise_id AND o.state = %(from)s AND o.due_at <= %(now)s)
ORDER BY g.enterprise_id FOR NO KEY UPDATE
"""

# Due, with no earlier open operation in its lane and no open operation that it waits for.
_FREE = """
    o.due_at <= %(now)s
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation e
        WHERE e.lane = o.lane AND e.id < o.id AND e.state = ANY(%(open)s))
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation_waits_for w
        JOIN outbox_operation e ON e.id = w.to_operation_id
        WHERE w.from_operation_id = o.id AND e.state = ANY(%(open)s))
"""

# Within a school, operations of unknown outcome are probed before new ones are sent. Otherwise each trial of
# an open breaker would send one more command whose answer is lost, and probes would starve.
# If a probe was the last trial and failed, a new command is tried next: only reads may be broken.
_NEW_FIRST = "(g.open_until IS NOT NULL AND g.openings > 1 AND g.trial_of = 'unknown')"

# States are literals: PostgreSQL does not use the partial indexes for a value known only at execution.
_YIELDS = f"""(CASE
    WHEN %(from)s = 'ready' AND NOT {_NEW_FIRST} THEN EXISTS (SELECT 1 FROM outbox_operation o
        WHERE o.enterprise_id = g.enterprise_id AND o.state = 'unknown' AND {_FREE})
    WHEN %(from)s = 'unknown' AND {_NEW_FIRST} THEN EXISTS (SELECT 1 FROM outbox_operation o
        WHERE o.enterprise_id = g.enterprise_id AND o.state = 'ready' AND {_FREE})
    ELSE false END)"""

# Claim the first due operation of each lane. Schools take turns (rn), so that a school with a thousand
# operations does not starve one with a single operation. Each school gets at most what its gate allows.
# Leases use the database's clock; `due_at` is domain time and comes as a parameter.
# FOR NO KEY UPDATE does not block the foreign key check of an operation that waits for this one;
# FOR UPDATE deadlocked with it.
_CLAIM = f"""
WITH gate AS (
    SELECT g.enterprise_id, least(
        CASE WHEN g.open_until IS NULL THEN %(limit)s
             WHEN g.open_until > clock_timestamp() OR g.trial_until > clock_timestamp() THEN 0
             ELSE 1 END,
        floor({BUCKET_LEVEL}),
        CASE WHEN {_YIELDS} THEN 0 ELSE %(limit)s END) AS room
    FROM outbox_gate g WHERE cardinality(g.held_for) = 0
), candidate AS (
    SELECT o.id, gate.room,
        row_number() OVER (PARTITION BY o.enterprise_id ORDER BY o.due_at, o.id) AS rn
    FROM outbox_operation o JOIN gate ON gate.enterprise_id = o.enterprise_id AND gate.room > 0
    WHERE o.state = %(from)s AND {_FREE}
), pick AS (
    SELECT o.id FROM outbox_operation o JOIN candidate c ON c.id = o.id
    WHERE o.state = %(from)s AND c.rn <= c.room
    ORDER BY c.rn, o.id LIMIT %(limit)s
    FOR NO KEY UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE outbox_operation o
    SET state = %(to)s, fence = o.fence + 1, lease_owner = %(owner)s,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
        attempts = o.attempts + %(attempts)s, first_sent_at = coalesce(o.first_sent_at, %(now)s)
    FROM pick WHERE o.id = pick.id
    RETURNING o.id, o.enterprise_id
), spent AS (
    UPDATE outbox_gate g SET tokens = {BUCKET_LEVEL} - t.claimed_count, refilled_at = clock_timestamp(),
        trial_until = CASE WHEN g.open_until IS NULL THEN NULL
                      ELSE clock_timestamp() + make_interval(secs => %(lease)s) END,
        trial_of = CASE WHEN g.open_until IS NULL THEN '' ELSE %(from)s END
    FROM (SELECT enterprise_id, count(*) AS claimed_count FROM claimed GROUP BY 1) t
    WHERE g.enterprise_id = t.enterprise_id
)
SELECT id FROM claimed
"""

# Check just before the first byte is sent that the claim and the gate still hold, and renew the lease.
_CONFIRM = """
UPDATE outbox_operation o SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM outbox_gate g, unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS claim(id, fence)
WHERE g.enterprise_id = o.enterprise_id AND o.id = claim.id AND o.fence = claim.fence
  AND o.state IN ('sending', 'probing')
RETURNING o.id,
    (cardinality(g.held_for) > 0 OR g.open_until > clock_timestamp()) IS TRUE
"""

_RETURN_UNSENT = """
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

# SKIP LOCKED: a locked operation is being closed now. A command that a dead worker sent is probed only after
# the settle window, because the service's lists may not show it yet.
_EXPIRE = """
UPDATE outbox_operation SET state = 'unknown', fence = fence + 1,
    due_at = CASE state WHEN 'sending' THEN %(settled)s ELSE %(now)s END
WHERE id IN (
    SELECT id FROM outbox_operation
    WHERE state IN ('sending', 'probing') AND lease_until < clock_timestamp()
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""


def worker_id() -> str:
    """Return the owner of leases: machine, process and thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]


def claim(limit: int) -> list[Operation]:
    """Claim up to `limit` operations for sending, committed before the first byte is sent."""
    claimed = _claim(OperationState.READY, OperationState.SENDING, limit, attempts=1)
    if claimed:
        CLAIMED.hit()
    return claimed


def claim_unknown(limit: int) -> list[Operation]:
    """Claim up to `limit` operations of unknown outcome for a probe."""
    claimed = _claim(OperationState.UNKNOWN, OperationState.PROBING, limit, attempts=0)
    if claimed:
        PROBING.hit()
    return claimed


def _claim(origin: OperationState, target: OperationState, limit: int, *, attempts: int) -> list[Operation]:
    parameters: dict[str, Any] = {
        "from": origin,
        "to": target,
        "now": timezone.now(),
        "open": list(OPEN_STATES),
        "limit": limit,
        "owner": worker_id(),
        "lease": settings.LEASE_S,
        "attempts": attempts,
        **bucket_parameters(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK_GATES, parameters)
        cursor.execute(_CLAIM, parameters)
        ids = [row[0] for row in cursor.fetchall()]
    # A claim does not change what the row shows, so the row is not written. Locking it here, after the
    # operation, would deadlock with a service that holds the row and waits for the operation.
    return list(Operation.objects.filter(pk__in=ids).select_related("enterprise__gate").order_by("id"))


def confirm_claims(operations: Sequence[Operation]) -> list[Operation]:
    """Return the claimed operations that may be sent now.

    An operation whose lease ended while this process slept may belong to another worker and is left out.
    If the gate closed since the claim, the operation goes back unsent and the attempt does not count.
    """
    parameters: dict[str, Any] = {
        "ids": [one.pk for one in operations],
        "fences": [one.fence for one in operations],
        "lease": settings.LEASE_S,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRM, parameters)
        is_gate_closed = dict(cursor.fetchall())
    for operation in operations:
        if is_gate_closed.get(operation.pk):
            _return_unsent(operation)
    return [one for one in operations if is_gate_closed.get(one.pk) is False]


@transaction.atomic
def _return_unsent(operation: Operation) -> None:
    lock_subject(operation.subject_type, operation.subject_id)
    with connection.cursor() as cursor:
        cursor.execute(_RETURN_UNSENT, {"id": operation.pk, "fence": operation.fence})
    write_sync_state(operation)


def settle_window() -> timedelta:
    """Return how long the service's lists may lag behind its changes."""
    return timedelta(seconds=settings.PROBE_DELAY_S)


def expire_leases() -> int:
    """Mark operations whose worker died as of unknown outcome, so that they are probed; return how many."""
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRE, {"now": now, "settled": now + settle_window()})
            ids = [row[0] for row in cursor.fetchall()]
        for operation in Operation.objects.filter(pk__in=ids):
            update_sync_state(operation)
    return len(ids)
