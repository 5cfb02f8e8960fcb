"""Claim rows of a queue: a single UPDATE decides which worker gets each one."""

import os
import socket
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from console.failpoints import point
from console.outbox.gates import BUCKET_LEVEL, bucket_parameters
from console.outbox.models import Operation, QueuedRow
from console.outbox.queues import OPERATIONS, Queue
from console.outbox.states import OperationState
from console.outbox.sync_state import lock_subject, update_sync_state, write_sync_state

CLAIMED = point("outbox.claimed", "the claim is committed, nothing else has happened")
PROBING = point("outbox.probing", "an operation of unknown outcome is claimed for a probe")

# Workers lock the gates one after the other, so that a bucket is counted once and a trial is one operation.
_LOCK_GATES = """
SELECT g.{gate} FROM {gates} g
WHERE cardinality(g.held_for) = 0
  AND EXISTS (SELECT 1 FROM {rows} o
              WHERE o.{gate} = g.{gate} AND o.state = %(from)s AND o.due_at <= %(now)s)
ORDER BY g.{gate} FOR NO KEY UPDATE
"""

# Due, with no earlier open row in its lane and no open row that it waits for.
_FREE = """
    o.due_at <= %(now)s
      AND NOT EXISTS (
        SELECT 1 FROM {rows} e
        WHERE e.lane = o.lane AND e.id < o.id AND e.state = ANY(%(open)s))
      {waits}
"""

_WAITS = """
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation_waits_for w
        JOIN outbox_operation e ON e.id = w.to_operation_id
        WHERE w.from_operation_id = o.id AND e.state = ANY(%(open)s))
"""

# Within a gate, rows of unknown outcome are probed before new ones are sent. Otherwise each trial of
# an open breaker would send one more command whose answer is lost, and probes would starve.
# If a probe was the last trial and failed, a new command is tried next: only reads may be broken.
_NEW_FIRST = "(g.open_until IS NOT NULL AND g.openings > 1 AND g.trial_of = 'unknown')"

# States are literals: PostgreSQL does not use the partial indexes for a value known only at execution.
_YIELDS = f"""(CASE
    WHEN %(from)s = 'ready' AND NOT {_NEW_FIRST} THEN EXISTS (SELECT 1 FROM {{rows}} o
        WHERE o.{{gate}} = g.{{gate}} AND o.state = 'unknown' AND {_FREE})
    WHEN %(from)s = 'unknown' AND {_NEW_FIRST} THEN EXISTS (SELECT 1 FROM {{rows}} o
        WHERE o.{{gate}} = g.{{gate}} AND o.state = 'ready' AND {_FREE})
    ELSE false END)"""

# What a gate may still have claimed at a time. A lock of the gate keeps two workers from counting at once.
_IN_FLIGHT = """
        %(in_flight)s - (SELECT count(*) FROM {rows} s WHERE s.{gate} = g.{gate} AND s.state = 'sending'),
"""

# Claim the first due row of each lane. Gates take turns (rn), so that a school with a thousand
# operations does not starve one with a single operation. Each gets at most what its gate allows.
# Leases use the database's clock; `due_at` is domain time and comes as a parameter.
# FOR NO KEY UPDATE does not block the foreign key check of an operation that waits for this one;
# FOR UPDATE deadlocked with it.
_CLAIM = f"""
WITH gate AS (
    SELECT g.{{gate}} AS id, least(
        CASE WHEN g.open_until IS NULL THEN %(limit)s
             WHEN g.open_until > clock_timestamp() OR g.trial_until > clock_timestamp() THEN 0
             ELSE 1 END,
        {{in_flight}}
        floor({BUCKET_LEVEL}),
        CASE WHEN {_YIELDS} THEN 0 ELSE %(limit)s END) AS room
    FROM {{gates}} g WHERE cardinality(g.held_for) = 0
), candidate AS (
    SELECT o.id, gate.room,
        row_number() OVER (PARTITION BY o.{{gate}} ORDER BY o.due_at, o.id) AS rn
    FROM {{rows}} o JOIN gate ON gate.id = o.{{gate}} AND gate.room > 0
    WHERE o.state = %(from)s AND {_FREE}
), pick AS (
    SELECT o.id FROM {{rows}} o JOIN candidate c ON c.id = o.id
    WHERE o.state = %(from)s AND c.rn <= c.room
    ORDER BY c.rn, o.id LIMIT %(limit)s
    FOR NO KEY UPDATE OF o SKIP LOCKED
), claimed AS (
    UPDATE {{rows}} o
    SET state = %(to)s, fence = o.fence + 1, lease_owner = %(owner)s,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
        attempts = o.attempts + %(attempts)s, first_sent_at = coalesce(o.first_sent_at, %(now)s)
    FROM pick WHERE o.id = pick.id
    RETURNING o.id, o.{{gate}} AS gate_id
), spent AS (
    UPDATE {{gates}} g SET tokens = {BUCKET_LEVEL} - t.claimed_count, refilled_at = clock_timestamp(),
        trial_until = CASE WHEN g.open_until IS NULL THEN NULL
                      ELSE clock_timestamp() + make_interval(secs => %(lease)s) END,
        trial_of = CASE WHEN g.open_until IS NULL THEN '' ELSE %(from)s END
    FROM (SELECT gate_id, count(*) AS claimed_count FROM claimed GROUP BY 1) t
    WHERE g.{{gate}} = t.gate_id
)
SELECT id FROM claimed
"""

# Check just before the first byte is sent that the claim and the gate still hold, and renew the lease.
_CONFIRM = """
UPDATE {rows} o SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM {gates} g, unnest(%(ids)s::bigint[], %(fences)s::bigint[]) AS claim(id, fence)
WHERE g.{gate} = o.{gate} AND o.id = claim.id AND o.fence = claim.fence
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
UPDATE {rows} SET state = '{after_lease}', fence = fence + 1,
    due_at = CASE state WHEN 'sending' THEN %(settled)s ELSE %(now)s END
WHERE id IN (
    SELECT id FROM {rows}
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
    ids = claim_rows(OPERATIONS, origin, target, limit, attempts=attempts)
    # A claim does not change what the row shows, so the row is not written. Locking it here, after the
    # operation, would deadlock with a service that holds the row and waits for the operation.
    return list(Operation.objects.filter(pk__in=ids).select_related("enterprise__gate").order_by("id"))


def claim_rows(queue: Queue, origin: str, target: str, limit: int, *, attempts: int = 1) -> list[int]:
    """Claim up to `limit` rows of a queue, and commit that. Return their keys."""
    parameters: dict[str, Any] = {
        "from": origin,
        "to": target,
        "now": timezone.now(),
        "open": list(queue.open_states),
        "limit": limit,
        "owner": worker_id(),
        "lease": settings.LEASE_S,
        "attempts": attempts,
        "in_flight": queue.max_in_flight,
        **bucket_parameters(),
    }
    in_flight = queue.sql(_IN_FLIGHT) if queue.max_in_flight else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(queue.sql(_LOCK_GATES), parameters)
        waits = _WAITS if queue.has_waits else ""
        cursor.execute(queue.sql(_CLAIM, waits=waits, in_flight=in_flight), parameters)
        return [row[0] for row in cursor.fetchall()]


def confirm_claims(operations: Sequence[Operation]) -> list[Operation]:
    """Return the claimed operations that may be sent now.

    An operation whose lease ended while this process slept may belong to another worker and is left out.
    If the gate closed since the claim, the operation goes back unsent and the attempt does not count.
    """
    is_gate_closed = confirm_rows(OPERATIONS, operations)
    for operation in operations:
        if is_gate_closed.get(operation.pk):
            _return_unsent(operation)
    return [one for one in operations if is_gate_closed.get(one.pk) is False]


def confirm_rows(queue: Queue, rows: Sequence[QueuedRow]) -> dict[int, bool]:
    """Renew the leases of claimed rows; return by key whether the gate has closed since.

    Rows that this worker no longer holds are left out.
    """
    parameters: dict[str, Any] = {
        "ids": [one.pk for one in rows],
        "fences": [one.fence for one in rows],
        "lease": settings.LEASE_S,
    }
    with connection.cursor() as cursor:
        cursor.execute(queue.sql(_CONFIRM), parameters)
        return dict(cursor.fetchall())


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
        ids = expire_rows(OPERATIONS, now, now + settle_window())
        for operation in Operation.objects.filter(pk__in=ids):
            update_sync_state(operation)
    return len(ids)


def expire_rows(queue: Queue, now: datetime, settled: datetime) -> list[int]:
    """Free the rows of dead workers; return their keys. What they were sending is due at `settled`."""
    with connection.cursor() as cursor:
        cursor.execute(queue.sql(_EXPIRE), {"now": now, "settled": settled})
        return [row[0] for row in cursor.fetchall()]
