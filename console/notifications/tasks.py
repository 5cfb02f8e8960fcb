"""Celery tasks of notifications."""

from celery import shared_task

from console.notifications import digests, email_delivery


@shared_task(name="console.notifications.tasks.send_emails")
def send_emails() -> None:
    """Send due e-mails."""
    email_delivery.send_due_emails()


@shared_task(name="console.notifications.tasks.create_digests")
def create_digests() -> None:
    """Create due digests."""
    digests.create_due_digests()
