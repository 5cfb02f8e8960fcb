"""Celery task of the REST API."""

from celery import shared_task

from console.policy import idempotency, row_changes
from console.statement_limits import allow_long_statements


@shared_task(name="console.policy.tasks.delete_expired_rest_records")
@allow_long_statements()
def delete_expired_rest_records() -> None:
    """Delete records of `Idempotency-Key` after a day, and changes for `updated_since` after a month."""
    idempotency.delete_expired_requests()
    row_changes.delete_expired_changes()
