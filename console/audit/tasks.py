"""The trail's doors for Celery."""

from celery import shared_task

from console.audit import chain as machine
from console.audit import checkpoints


@shared_task(name="console.audit.tasks.chain")
def chain() -> None:
    """Bind what was written into the chains."""
    machine.drain()


@shared_task(name="console.audit.tasks.checkpoint")
def checkpoint() -> None:
    """Note outside of the database how long each chain is."""
    machine.drain()
    checkpoints.write_all()
