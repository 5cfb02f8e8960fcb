"""What lessons do on the clock."""

from celery import shared_task

from classes.readiness import warning


@shared_task
def check_readiness() -> int:
    """Tell which of the lessons to come are not ready."""
    return warning.warn()
