"""Claiming operations: one worker wins by updating, in one statement."""

import os
import socket
import threading

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from console.outbox.models import Operation
from console.outbox.points import CLAIMED, LANE, LEASE_EXPIRY, PROBING, WAITS
from console.outbox.reflect import reflect
from console.outbox.states import OPEN, State

# The head of each lane: ready, due, nothing earlier open in the lane, nothing it waits for open.
# The schools take turns (rn), so that one school's thousand does not starve another's one.
# Leases run on the database's clock; `due_at` is domain time and comes as a parameter.
# No key is changed, so the lock lets the foreign key check of an operation that waits for this one
# through: with FOR UPDATE the two waited for each other.
_CLAIM = """
WITH candidate AS (
    SELECT o.id, row_number() OVER (PARTITION BY o.enterprise_id ORDER BY o.due_at, o.id) AS rn
    FROM outbox_operation o
    WHERE o.state = %(from)s AND o.due_at <= %(now)s
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation e
        WHERE %(lanes)s AND e.lane = o.lane AND e.id < o.id AND e.state = ANY(%(open)s))
      AND NOT EXISTS (
        SELECT 1 FROM outbox_operation_waits_for w
        JOIN outbox_operation e ON e.id = w.to_operation_id
        WHERE %(waits)s AND w.from_operation_id = o.id AND e.state = ANY(%(open)s))
), pick AS (
    SELECT o.id FROM outbox_operation o JOIN candidate c ON c.id = o.id
    WHERE o.state = %(from)s
    ORDER BY c.rn, o.id LIMIT %(limit)s
    FOR NO KEY UPDATE OF o SKIP LOCKED
)
UPDATE outbox_operation o
SET state = %(to)s, fence = o.fence + 1, lease_owner = %(owner)s,
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
    attempts = o.attempts + %(tries)s, first_sent_at = coalesce(o.first_sent_at, %(now)s)
FROM pick WHERE o.id = pick.id
RETURNING o.id
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
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, parameters)
        ids = [row[0] for row in cursor.fetchall()]
    # The row shows the same before and after a claim, so it is not touched: locking it here, behind the
    # operation, would meet a service that holds the row and waits for the operation.
    return list(Operation.objects.filter(pk__in=ids).select_related("enterprise").order_by("id"))


def expire_leases() -> int:
    """Mark what a dead worker left half done: "look first". Returns how many."""
    if not LEASE_EXPIRY.up:
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outbox_operation SET state = 'unknown', fence = fence + 1, due_at = %s"
                " WHERE state IN ('sending', 'probing') AND lease_until < clock_timestamp() RETURNING id",
                [timezone.now()],
            )
            ids = [row[0] for row in cursor.fetchall()]
        for operation in Operation.objects.filter(pk__in=ids):
            reflect(operation)
    return len(ids)
