"""Count refused deliveries per hour and reason, without storing their content."""

import logging
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from console.inbox.ingestion import DATABASE_UNAVAILABLE
from console.inbox.models import RefusedDelivery

log = logging.getLogger(__name__)
RETENTION = timedelta(days=14)

_COUNT = """
INSERT INTO inbox_refusal (enterprise_id, hour, reason, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (enterprise_id, hour, reason) DO UPDATE SET count = inbox_refusal.count + 1
"""


def count_refusal(enterprise_id: int | None, reason: str) -> None:
    """Count one refusal, unless the database is unavailable. `reason` is a key of `labels.REFUSAL_LABELS`."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [enterprise_id, hour, reason])
    except DATABASE_UNAVAILABLE as error:
        log.warning("a refusal was not counted: %s", type(error).__name__)


def prune_refusals() -> int:
    """Delete counts older than `RETENTION`; return how many."""
    return RefusedDelivery.objects.filter(hour__lt=timezone.now() - RETENTION).delete()[0]
