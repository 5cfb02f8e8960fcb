"""Celery tasks of webhooks."""

import time

from celery import shared_task

from console.statement_limits import allow_long_statements
from console.wakeup import wake_worker
from console.webhooks.retention import delete_old_deliveries
from console.webhooks.sending import deliver_due

TASK = "console.webhooks.tasks.deliver"
#: Seconds after which a run ends and wakes the next, so that messages get a turn.
BUDGET_S = 10.0


@shared_task(name=TASK)
def deliver() -> None:
    """Deliver due events for at most about `BUDGET_S` seconds."""
    started = time.monotonic()
    deliver_due(within_s=BUDGET_S)
    if time.monotonic() - started >= BUDGET_S:
        wake_worker(TASK)


@shared_task(name="console.webhooks.tasks.delete_old")
@allow_long_statements()
def delete_old() -> None:
    """Delete the deliveries that are kept no longer."""
    delete_old_deliveries()
