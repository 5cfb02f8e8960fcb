"""What is sent once: rows that are claimed before they leave, with a lease, and tried again with a back-off.

E-mails and messages share it. A row has three columns: `NAME` (waiting, sending, or
what came of it), `NAME_due_at` and `NAME_attempts`.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.utils import timezone

from console.call_limits import Slots

log = logging.getLogger(__name__)
_slots: defaultdict[type[models.Model], Slots] = defaultdict(Slots)
WAITING, SENDING = "waiting", "sending"
#: The longest pause between two attempts.
MAX_BACKOFF = timedelta(hours=1)

# Claimed before it is sent: what a killed process may have sent is not sent again by this statement.
_CLAIM = """
UPDATE {table} SET {name} = 'sending', {name}_attempts = {name}_attempts + 1, {name}_due_at = %s
WHERE id = (
    SELECT id FROM {table}
    WHERE {name} = 'waiting' AND {name}_due_at <= %s AND enterprise_id <> ALL(%s)
    ORDER BY {name}_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, enterprise_id
"""


def send_due(
    model: type[models.Model],
    name: str,
    send: Callable[[int], None],
    *,
    limit: int = 1000,
    failed: Mapping[str, Any],
) -> int:
    """Claim due rows one by one and call `send` with the ID of each; return how many were attempted.

    A row with which `send` raises an exception is set to `failed`, and the next one goes on. One school has
    SLOTS_OF_SCHOOL rows at a time, however many threads of this process send.
    """
    done = 0
    while done < limit:
        with _slots[model].take(partial(claim, model, name)) as key:
            if key is None:
                break
            try:
                send(key)
            except Exception as error:
                log.exception("%s %s could not be sent", model._meta.model_name, key)
                if isinstance(error, DatabaseError):
                    connection.close()  # it may be broken; the next statement opens another one
                model._default_manager.filter(pk=key, **{name: SENDING}).update(**failed)
            done += 1
    return done


def claim(model: type[models.Model], name: str, without: Sequence[int] = ()) -> tuple[int, int] | None:
    """Claim the row that is due first; return its ID and school, or None if nothing is due.

    `without`: schools of which nothing is claimed. Until the end of the lease, NAME_due_at, it is certain
    that a process works on it.
    """
    now = timezone.now()
    lease = now + timedelta(seconds=settings.LEASE_S)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(table=model._meta.db_table, name=name), [lease, now, list(without)])
        found: tuple[int, int] | None = cursor.fetchone()
    return found


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
