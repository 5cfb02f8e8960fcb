"""Celery tasks of the audit trail."""

from celery import shared_task

from console.audit import checkpoints
from console.audit.chain import link_waiting_entries


@shared_task(name="console.audit.tasks.chain")
def chain() -> None:
    """Link new entries into the chains."""
    link_waiting_entries()


@shared_task(name="console.audit.tasks.checkpoint")
def checkpoint() -> None:
    """Link new entries and write checkpoints of the chains."""
    link_waiting_entries()
    checkpoints.write_checkpoints()
