"""The inbox's door for Celery."""

from celery import shared_task

from console.inbox import process as machine


@shared_task(name="console.inbox.tasks.process")
def process() -> None:
    """Handle what has come in."""
    machine.drain()
