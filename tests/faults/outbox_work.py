"""What the goals of the outbox share: its points in order, a clean worker, what is left to do."""

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from console.outbox import relay
from console.outbox.models import Operation

WORKING = ("ready", "sending", "unknown", "probing")
#: Where a worker passes that sends; in order.
SENDING = (
    "outbox.claimed", "outbox.prepared", "outbox.sending", "outbox.answered",
    "outbox.closing", "outbox.recorded", "outbox.closed",
)  # fmt: skip
#: Where a worker passes that looks whether an earlier try took effect.
LOOKING = ("outbox.probing", "outbox.probed")
POINTS = ("outbox.enqueued", *SENDING, *LOOKING)


def unfinished_operations() -> Any:
    """What a worker would still have to do."""
    return Operation.objects.filter(state__in=WORKING)


def drain_outbox(seconds: float = 20.0) -> None:
    """A clean worker, until nothing is left to do; the dead one's lease has to end first.

    What stands behind an operation that waits for a person is not waited for.
    """
    until = time.monotonic() + seconds
    waiting = Operation.objects.filter(state="needs_you")
    free = unfinished_operations().exclude(lane__in=waiting.values("lane"))
    relay.drain()
    while free.exclude(waits_for__in=waiting).exists() and time.monotonic() < until:
        time.sleep(0.005)
        relay.drain()


def drain_due_operations() -> None:
    """A clean worker, until nothing is left but what has to wait for more than a minute."""
    relay.drain()
    while unfinished_operations().filter(due_at__lt=timezone.now() + timedelta(minutes=1)).exists():
        time.sleep(0.005)
        relay.drain()
