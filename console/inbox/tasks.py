"""Celery task of the inbox."""

import time
from datetime import datetime

from celery import shared_task

from console.inbox import processing, queue_samples, refusals
from console.wakeup import wake_worker

#: Seconds after which a run ends and wakes the next, so that other tasks get a turn.
HANDLE_FOR_S = 10.0
#: Seconds between two deletions of old refusal counts.
PRUNE_EVERY_S = 3600
_pruned = float("-inf")
_sampled: datetime | None = None


@shared_task(name="console.inbox.tasks.process")
def process() -> None:
    """Process due callbacks for at most about `HANDLE_FOR_S` seconds; once an hour sample and tidy up."""
    global _pruned, _sampled
    started = time.monotonic()
    processing.process_due_callbacks(within_s=HANDLE_FOR_S)
    if time.monotonic() - started >= HANDLE_FOR_S:
        wake_worker("console.inbox.tasks.process")
    if time.monotonic() - _pruned > PRUNE_EVERY_S:
        _pruned = time.monotonic()
        refusals.prune_refusals()
    if (hour := queue_samples.current_hour()) != _sampled:
        queue_samples.sample_queues()
        _sampled = hour  # not before: the next run tries again what failed
