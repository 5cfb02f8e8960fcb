"""The inbox's door for Celery."""

import time

from celery import shared_task

from console.inbox import process as machine
from console.inbox import refusals

#: Seconds between two looks for counts that are too old.
PRUNE_EVERY_S = 3600
_pruned = float("-inf")


@shared_task(name="console.inbox.tasks.process")
def process() -> None:
    """Handle what has come in; once an hour drop old counts."""
    global _pruned
    machine.drain()
    if time.monotonic() - _pruned > PRUNE_EVERY_S:
        _pruned = time.monotonic()
        refusals.prune()
