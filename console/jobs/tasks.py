"""Celery tasks of jobs."""

from celery import shared_task

from console.call_limits import at_most
from console.jobs import runner


@shared_task(name=runner.TASK)
def run_jobs() -> None:
    """Run due jobs that call nobody."""
    runner.run_due_jobs(calling=False)


@shared_task(name=runner.CALLING_TASK)
@at_most(4)
def run_calling_jobs() -> None:
    """Run due jobs that call hosts which schools name."""
    runner.run_due_jobs(calling=True)
