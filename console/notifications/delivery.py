"""What is sent once: rows that are claimed before they leave, with a lease, and tried again with a back-off.

E-mails and messages share it. A row has three columns: `NAME` (waiting, sending, or
what came of it), `NAME_due_at` and `NAME_attempts`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

WAITING, SENDING = "waiting", "sending"
#: The longest pause between two attempts.
MAX_BACKOFF = timedelta(hours=1)

# Claimed before it is sent: what a killed process may have sent is not sent again by this statement.
_CLAIM = """
UPDATE {table} SET {name} = 'sending', {name}_attempts = {name}_attempts + 1, {name}_due_at = %s
WHERE id = (
    SELECT id FROM {table} WHERE {name} = 'waiting' AND {name}_due_at <= %s
    ORDER BY {name}_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def claim(model: type[models.Model], name: str) -> int | None:
    """Claim the row that is due first; return its ID, or None if nothing is due.

    Until the end of the lease, NAME_due_at, it is certain that a process works on it.
    """
    now = timezone.now()
    lease = now + timedelta(seconds=settings.LEASE_S)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(table=model._meta.db_table, name=name), [lease, now])
        found = cursor.fetchone()
    return found[0] if found else None


def settle(row: models.Model, name: str, state: str, **fields: Any) -> bool:
    """Store what came of a claimed row, unless its lease ended and somebody else has it by now."""
    lease = f"{name}_due_at"  # one of its own for each claim; attempts are counted anew after "try again"
    claimed = {name: SENDING, lease: getattr(row, lease)}
    rows: Any = type(row)._default_manager.filter(pk=row.pk, **claimed)
    return bool(rows.update(**{name: state}, **fields))


def next_attempt_at(attempts: int) -> datetime:
    """Return when to try again after so many attempts."""
    delay = timedelta(seconds=min(settings.OUTBOX_BACKOFF_S * 2**attempts, MAX_BACKOFF.total_seconds()))
    return timezone.now() + delay
