"""Work on courseware that the schedule rings for."""

from celery import shared_task

from documents import pieces


@shared_task
def tidy_uploads() -> int:
    """Forget files that came in part and that nobody went on with."""
    return pieces.tidy()
