"""The relay's door for Celery."""

from celery import shared_task
from django.utils import timezone

from console.outbox import relay as machine
from console.outbox.models import Pulse


@shared_task(name="console.outbox.tasks.relay")
def relay() -> None:
    """Send what is due, and leave a sign of life."""
    Pulse.objects.update_or_create(name="relay", defaults={"at": timezone.now()})
    machine.drain()
