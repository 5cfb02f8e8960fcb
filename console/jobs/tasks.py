"""Celery task of jobs."""

from celery import shared_task

from console.jobs import runner


@shared_task(name="console.jobs.tasks.run_jobs")
def run_jobs() -> None:
    """Run due jobs."""
    runner.run_due_jobs()
