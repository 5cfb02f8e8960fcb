"""Detect possible duplicates of remote objects that the console created.

The service creates objects without a client key. If an answer was lost and the service's lists lagged longer
than the settle window, the command was sent again and two objects exist. The second one appears as made
outside with the natural key of a command that was sent: it is marked as a copy, and a person decides.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from console.outbox.models import Operation

#: The field of a difference that marks a copy: ours is empty, theirs is the ID of the original.
COPY_OF_FIELD = "copy_of"
#: How long after it was first sent a command may take effect, plus the largest clock skew.
MAX_EFFECT_DELAY = timedelta(days=1)
#: Unix seconds have at most ten digits; larger values are not times.
MAX_TIMESTAMP = 10**10


def creates_sent_since(enterprise: Any, kind: str, oldest: int) -> dict[str, int]:
    """Return natural key → row ID of every create sent since a day before `oldest` (Unix seconds)."""
    creates = Operation.objects.filter(enterprise=enterprise, kind=kind, first_sent_at__isnull=False)
    if 0 < oldest < MAX_TIMESTAMP:
        creates = creates.filter(first_sent_at__gte=datetime.fromtimestamp(oldest, UTC) - MAX_EFFECT_DELAY)
    found: dict[str, int] = {}
    for subject_id, lane, args in creates.order_by("-id").values_list("subject_id", "lane", "args"):
        found |= dict.fromkeys(args.get("sent", [lane]), subject_id)
    return found


def copy_difference(row: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return what to add to the desired and observed fields of a row: nothing unless it may be a copy."""
    if row.double_of_id is None:
        return {}, {}
    original = row.double_of
    return {COPY_OF_FIELD: ""}, {COPY_OF_FIELD: original.remote_id or f"#{original.pk}"}
