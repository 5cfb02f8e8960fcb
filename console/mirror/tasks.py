"""The mirror's doors for Celery."""

from celery import shared_task

from console.mirror import registry


@shared_task(name="console.mirror.tasks.poll")
def poll() -> None:
    """Look at what is due."""
    registry.poll()


@shared_task(name="console.mirror.tasks.reconcile")
def reconcile() -> None:
    """Compare everything with the service."""
    registry.reconcile_all()
