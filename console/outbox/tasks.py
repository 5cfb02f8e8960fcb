"""The relay's door for Celery."""

from celery import shared_task

from console.outbox import relay as machine


@shared_task(name="console.outbox.tasks.relay")
def relay() -> None:
    """Send what is due."""
    machine.drain()
