"""Celery tasks of notifications."""

from celery import shared_task

from console.call_limits import at_most
from console.notifications import digests, email_delivery
from console.notifications.channels import queue, sending
from console.wakeup import wake_worker


@shared_task(name="console.notifications.tasks.send_emails")
@at_most(3)
def send_emails() -> None:
    """Send due e-mails, and have due messages delivered: no slow provider holds up an e-mail."""
    email_delivery.send_due_emails()
    wake_worker(queue.TASK)


@shared_task(name=queue.TASK)
@at_most(4)
def deliver_messages() -> None:
    """Deliver due messages through apps and bots."""
    sending.deliver_due_messages()


@shared_task(name="console.notifications.tasks.create_digests")
def create_digests() -> None:
    """Create due digests, and delete the states of old messages."""
    digests.create_due_digests()
    queue.delete_old_messages()
