"""Periodic courseware tasks."""

from celery import shared_task

from documents import resumable_uploads


@shared_task
def delete_abandoned_uploads() -> int:
    """Delete unfinished uploads that can no longer be resumed."""
    return resumable_uploads.delete_stale_uploads()
