"""Celery task of the relay."""

import time

from celery import shared_task
from django.utils import timezone

from console.outbox.models import TaskHeartbeat
from console.outbox.relay import drain
from console.wakeup import wake_worker

#: Seconds after which a run ends and wakes the next, so that other tasks get a turn.
RELAY_BUDGET_S = 10.0


@shared_task(name="console.outbox.tasks.relay")
def relay() -> None:
    """Send due operations for at most about `RELAY_BUDGET_S` seconds, and record a heartbeat."""
    TaskHeartbeat.objects.update_or_create(name="relay", defaults={"at": timezone.now()})
    started = time.monotonic()
    drain(within_s=RELAY_BUDGET_S)
    if time.monotonic() - started >= RELAY_BUDGET_S:
        wake_worker("console.outbox.tasks.relay")
