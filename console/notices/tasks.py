"""The notices' door for Celery."""

from celery import shared_task

from console.notices import digests
from console.notices import post as machine


@shared_task(name="console.notices.tasks.post")
def post() -> None:
    """Send the mails that are due."""
    machine.drain()


@shared_task(name="console.notices.tasks.gather")
def gather() -> None:
    """Make the digests that are due."""
    digests.gather()
