"""The relay's door for Celery."""

import time

from celery import shared_task
from django.utils import timezone

from console.bell import ring
from console.outbox import relay as machine
from console.outbox.models import Pulse

#: Where more is due than can be sent, other work has its turn after so many seconds.
SEND_FOR_S = 10.0


@shared_task(name="console.outbox.tasks.relay")
def relay() -> None:
    """Send what is due, for a while, and leave a sign of life."""
    Pulse.objects.update_or_create(name="relay", defaults={"at": timezone.now()})
    began = time.monotonic()
    machine.drain(within_s=SEND_FOR_S)
    if time.monotonic() - began >= SEND_FOR_S:
        ring("console.outbox.tasks.relay")
