"""How late the queues are: for how long the oldest work that is due has waited to be taken up."""

from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from console.inbox.models import Callback
from console.jobs.models import Job
from console.outbox.models import Operation
from console.outbox.states import State


def lateness() -> dict[str, float]:
    """Seconds by queue; 0 where nothing is due. What its school holds back on purpose is not late."""
    now = timezone.now()
    held = Q(enterprise__gate__open_until__gt=now) | ~Q(enterprise__gate__held_for__len=0)
    queues: dict[str, QuerySet[Any]] = {
        "operations": Operation.objects.filter(state=State.READY).exclude(
            held, enterprise__gate__isnull=False
        ),
        "callbacks": Callback.objects.filter(state=Callback.State.WAITING),
        "jobs": Job.objects.filter(state=Job.State.WAITING),
    }
    ages = {}
    for name, waiting in queues.items():
        oldest = waiting.filter(due_at__lte=now).aggregate(at=Min("due_at"))["at"]
        ages[name] = (now - oldest).total_seconds() if oldest else 0.0
    return ages
