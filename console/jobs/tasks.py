"""The jobs' door for Celery."""

from celery import shared_task

from console.jobs import machine


@shared_task(name="console.jobs.tasks.work")
def work() -> None:
    """Go on with what is due."""
    machine.drain()
