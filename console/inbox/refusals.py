"""Counting what was refused at the door: a number an hour and reason, never the delivery itself."""

import logging
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from console.inbox.models import Refusal
from console.inbox.receive import AWAY

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=14)

_COUNT = """
INSERT INTO inbox_refusal (enterprise_id, hour, reason, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (enterprise_id, hour, reason) DO UPDATE SET count = inbox_refusal.count + 1
"""


def count(enterprise_id: int | None, reason: str) -> None:
    """One more; while the database is away nothing is counted. `reason` is a word of `words.REFUSALS`."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [enterprise_id, hour, reason])
    except AWAY as error:
        log.warning("a refusal was not counted: %s", type(error).__name__)


def prune() -> int:
    """Drop the counts that nobody asks for any more; returns how many."""
    return Refusal.objects.filter(hour__lt=timezone.now() - KEPT_FOR).delete()[0]
