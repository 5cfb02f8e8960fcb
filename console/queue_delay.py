"""Queue delays: the waiting time of the oldest due work in each queue."""

from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from console.inbox.models import Callback
from console.jobs.models import Job
from console.notifications.channels.models import Delivery
from console.notifications.models import Message
from console.outbox.models import Operation
from console.outbox.states import OperationState


def queue_delays() -> dict[str, float]:
    """Return the delay in seconds by queue; 0 if nothing is due. Work held back by its school is not late."""
    now = timezone.now()
    held = Q(enterprise__gate__open_until__gt=now) | ~Q(enterprise__gate__held_for__len=0)
    queues: dict[str, QuerySet[Any]] = {
        "operations": Operation.objects.filter(state=OperationState.READY).exclude(
            held, enterprise__gate__isnull=False
        ),
        "callbacks": Callback.objects.filter(state=Callback.State.WAITING),
        "jobs": Job.objects.filter(state=Job.State.WAITING),
    }
    messages = Message.objects.filter(delivery=Delivery.WAITING)
    queues["messages"] = messages.annotate(due_at=F("delivery_due_at"))
    ages = {}
    for name, waiting in queues.items():
        oldest = waiting.filter(due_at__lte=now).aggregate(at=Min("due_at"))["at"]
        ages[name] = (now - oldest).total_seconds() if oldest else 0.0
    return ages
