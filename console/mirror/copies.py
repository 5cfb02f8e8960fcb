"""Telling what may be a second copy of a thing of ours.

The service makes things without a key of ours. Where an answer was lost and its lists lagged longer than
we waited, the command was sent again, and there are two. The second shows as made outside, with the very
natural key of a command that we sent: it is marked as a copy, and a person decides.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from console.failpoints import defence
from console.outbox.models import Operation

COPIES = defence("mirror.copies", "what may be a second copy of a thing of ours is shown to a person")
#: The field of a difference that says so: ours is empty, theirs the id of the original.
FIELD = "copy_of"
#: How long after it was first sent a command may still take effect, and how far clocks may be apart.
LATE = timedelta(days=1)
#: Unix seconds of ten digits are times; what is more is none.
LAST = 10**10


def sent_since(enterprise: Any, kind: str, oldest: int) -> dict[str, int]:
    """Natural key → row, of every create that we sent since shortly before `oldest` (unix seconds)."""
    if not COPIES.up:
        return {}
    creates = Operation.objects.filter(enterprise=enterprise, kind=kind, first_sent_at__isnull=False)
    if 0 < oldest < LAST:
        creates = creates.filter(first_sent_at__gte=datetime.fromtimestamp(oldest, UTC) - LATE)
    found: dict[str, int] = {}
    for subject_id, lane, args in creates.order_by("-id").values_list("subject_id", "lane", "args"):
        found |= dict.fromkeys(args.get("sent", [lane]), subject_id)
    return found


def differs(row: Any) -> tuple[dict[str, str], dict[str, str]]:
    """What to add to the wanted and to the observed words of a row: nothing, unless it may be a copy."""
    if row.double_of_id is None:
        return {}, {}
    original = row.double_of
    return {FIELD: ""}, {FIELD: original.remote_id or f"#{original.pk}"}
