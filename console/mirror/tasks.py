"""Celery tasks of the mirror."""

from celery import shared_task

from console.mirror import registry

#: Two schedule intervals: under load two processes poll at the same time.
POLL_FOR_S = 10.0


@shared_task(name="console.mirror.tasks.poll")
def poll() -> None:
    """Poll due rows for at most about `POLL_FOR_S` seconds, so that other tasks get a turn."""
    registry.poll_due_rows(within_s=POLL_FOR_S)


@shared_task(name="console.mirror.tasks.reconcile")
def reconcile() -> None:
    """Reconcile every school with the service."""
    registry.reconcile_all()
