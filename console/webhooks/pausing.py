"""Pause an endpoint that cannot be reached, and resume it. Events go on to be kept meanwhile."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from console.audit.trail import record
from console.notifications.services import notify
from console.outbox.states import OperationState
from console.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookGate

#: Who is told of a pause.
ADMINISTRATORS = ("superadmin", "admin")


@transaction.atomic
def pause(endpoint: WebhookEndpoint, reason: str) -> bool:
    """Stop delivering to an endpoint, and notify the administrators; False if it is paused already."""
    gate = WebhookGate.objects.select_for_update(no_key=True).filter(pk=endpoint.pk).first()
    if gate is None or gate.held_for:
        return False
    paused = {"held_for": [reason], "held_since": Now(), "open_until": None, "trial_until": None}
    WebhookGate.objects.filter(pk=gate.pk).update(**paused)
    record("webhook.pause", endpoint, by=None, after={"reason": reason})
    people: Any = get_user_model()._default_manager
    notify(
        "webhook.paused",
        people=people.filter(enterprise=endpoint.enterprise_id, role__in=ADMINISTRATORS, is_active=True),
        key=f"webhook {endpoint.pk} {timezone.now().isoformat()}",
        args={"name": endpoint.name},
        link=endpoint.get_absolute_url(),
    )
    return True


def open_gate(endpoint: WebhookEndpoint) -> None:
    """End the pause and the break of an endpoint. Call it inside a transaction."""
    WebhookGate.objects.filter(pk=endpoint.pk).update(
        held_for=[], held_since=None, open_until=None, trial_until=None, failures=0, openings=0
    )


def restart_waiting(endpoint: WebhookEndpoint) -> int:
    """Let all waiting deliveries be tried at once, with three days anew; return how many."""
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=OperationState.READY)
    count: int = waiting.update(due_at=timezone.now(), attempts=0, first_sent_at=None)
    return count
