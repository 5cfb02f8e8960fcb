"""The mirror's doors for Celery."""

from celery import shared_task

from console.mirror import registry

#: Two sweeps: with the schedule's, two processes look at lessons where so many are due.
POLL_FOR_S = 10.0


@shared_task(name="console.mirror.tasks.poll")
def poll() -> None:
    """Look at what is due, for a while: where more is due than can be done, other work has its turn too."""
    registry.poll(within_s=POLL_FOR_S)


@shared_task(name="console.mirror.tasks.reconcile")
def reconcile() -> None:
    """Compare everything with the service."""
    registry.reconcile_all()
