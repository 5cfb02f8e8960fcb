"""Celery tasks of webhooks."""

import threading
from contextlib import ExitStack

from celery import shared_task

from console.call_limits import at_most
from console.statement_limits import allow_long_statements
from console.webhooks.retention import delete_old_deliveries
from console.webhooks.sending import deliver_due

TASK = "console.webhooks.tasks.deliver"
#: Seconds after which a run claims nothing more, and the next one begins.
BUDGET_S = 10.0
_claiming = threading.Lock()


@shared_task(name=TASK)
@at_most(4)
def deliver() -> None:
    """Deliver events that are due within about `BUDGET_S` seconds, unless another thread does so.

    While it waits for the last endpoints, for WEBHOOK_TIMEOUT_S and the lookup of a name, the schedule begins
    another run: with four, one claims at any time.
    """
    if _claiming.acquire(blocking=False):
        with ExitStack() as claiming:
            claiming.callback(_claiming.release)
            deliver_due(within_s=BUDGET_S, on_last_claim=claiming.close)


@shared_task(name="console.webhooks.tasks.delete_old")
@allow_long_statements()
def delete_old() -> None:
    """Delete the deliveries that are kept no longer."""
    delete_old_deliveries()
