"""The inbox's door for Celery."""

import time

from celery import shared_task

from console.bell import ring
from console.inbox import process as machine
from console.inbox import refusals

#: Where more comes in than can be handled, other work has its turn after so many seconds.
HANDLE_FOR_S = 10.0
#: Seconds between two looks for counts that are too old.
PRUNE_EVERY_S = 3600
_pruned = float("-inf")


@shared_task(name="console.inbox.tasks.process")
def process() -> None:
    """Handle what has come in, for a while; once an hour drop old counts."""
    global _pruned
    began = time.monotonic()
    machine.drain(within_s=HANDLE_FOR_S)
    if time.monotonic() - began >= HANDLE_FOR_S:
        ring("console.inbox.tasks.process")
    if time.monotonic() - _pruned > PRUNE_EVERY_S:
        _pruned = time.monotonic()
        refusals.prune()
