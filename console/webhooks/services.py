"""Change webhooks of a school. Each service is one transaction with an audit entry."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.concurrency import Conflict, changed_fields, lock_row, service
from console.outbox.states import OperationState
from console.wakeup import wake_worker
from console.webhooks.events import TEST
from console.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookGate
from console.webhooks.pausing import open_gate, restart_waiting
from console.webhooks.signatures import create_secret

#: How long messages are signed with the former secret too.
ROTATION = timedelta(hours=24)
MAX_ENDPOINTS = 20
DELIVER_TASK = "console.webhooks.tasks.deliver"


@service
def add_endpoint(*, school: Any, by: Any, **fields: Any) -> WebhookEndpoint:
    """Add a webhook with a new secret. ValidationError at `name` if the school has one of that name."""
    lock_row(school)
    if WebhookEndpoint.objects.filter(enterprise=school).count() >= MAX_ENDPOINTS:
        raise ValidationError(_("A school has at most %(n)d webhooks.") % {"n": MAX_ENDPOINTS})
    endpoint = WebhookEndpoint(enterprise=school, secret=create_secret(), **fields)
    _check_name(endpoint, endpoint.name)
    endpoint.full_clean(exclude=["enterprise"])
    endpoint.save(force_insert=True)
    WebhookGate.objects.create(endpoint=endpoint)
    record("webhook.add", endpoint, by=by, after=fields)
    return endpoint


@service
def edit_endpoint(
    *, endpoint: WebhookEndpoint, by: Any, seen: Mapping[str, str] | None = None, **fields: Any
) -> WebhookEndpoint:
    """Change a webhook. EditConflict if somebody else changed the same since it was read."""
    stored = lock_row(endpoint)
    _check_name(stored, fields.get("name", stored.name))
    changed = changed_fields(stored, fields, seen or {})
    before = {name: getattr(stored, name) for name in changed}
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean(exclude=["enterprise"])
    if changed:
        stored.save(update_fields=list(changed))
        record("webhook.change", stored, by=by, before=before, after=changed)
    return stored


def _check_name(endpoint: WebhookEndpoint, name: str) -> None:
    others = WebhookEndpoint.objects.filter(enterprise=endpoint.enterprise_id, name=name)
    if others.exclude(pk=endpoint.pk).exists():
        raise ValidationError({"name": _("Your school has a webhook of this name.")})


@service
def remove_endpoint(*, endpoint: WebhookEndpoint, by: Any) -> None:
    """Delete a webhook with its secrets and deliveries."""
    stored = lock_row(endpoint)
    record("webhook.delete", stored, by=by, before={"name": stored.name, "url": stored.url})
    deliveries = WebhookDelivery.objects.filter(endpoint=stored)
    WebhookAttempt.objects.filter(delivery__in=deliveries).delete()
    deliveries.delete()
    stored.delete()


@service
def rotate_secret(*, endpoint: WebhookEndpoint, by: Any) -> str:
    """Replace the secret, and return the new one. The former one signs too for a day."""
    stored = lock_row(endpoint)
    secret = create_secret()
    stored.previous_secret, stored.secret = stored.secret.reveal(), secret
    stored.previous_until = timezone.now() + ROTATION
    stored.save(update_fields=["secret", "previous_secret", "previous_until"])
    record("webhook.rotate", stored, by=by)
    return secret


@service
def pause_by_hand(*, endpoint: WebhookEndpoint, by: Any) -> None:
    """Stop delivering until somebody resumes. Conflict if the webhook is paused."""
    stored = lock_row(endpoint)
    paused = {"held_for": ["by_hand"], "held_since": timezone.now()}
    if not WebhookGate.objects.filter(pk=stored.pk, held_for=[]).update(**paused):
        raise Conflict(_("This webhook is paused already."))
    record("webhook.pause", stored, by=by, after={"reason": "by_hand"})


@service
def resume(*, endpoint: WebhookEndpoint, by: Any) -> int:
    """Deliver again what waits, the oldest first; return how many events wait."""
    stored = lock_row(endpoint)
    open_gate(stored)
    waiting = restart_waiting(stored)
    record("webhook.resume", stored, by=by, after={"count": waiting})
    _wake()
    return waiting


@service
def send_test(*, endpoint: WebhookEndpoint, by: Any) -> WebhookDelivery:
    """Send an event that means nothing, at once. Conflict if the webhook is paused."""
    stored = lock_row(endpoint)
    _require_open(stored)
    delivery = WebhookDelivery.objects.create(
        enterprise_id=stored.enterprise_id,
        endpoint=stored,
        event=TEST,
        object=f"webhook:{stored.pk}",
        lane=f"{stored.pk}:webhook:{stored.pk}",
        data={"webhook": stored.pk},
    )
    record("webhook.test", stored, by=by)
    open_gate(stored)
    _wake()
    return delivery


@service
def resend(*, delivery: WebhookDelivery, by: Any) -> None:
    """Send an event again with the same ID, or one that waits for its next attempt at once."""
    endpoint = lock_row(delivery.endpoint)
    _require_open(endpoint)
    stored = lock_row(delivery)
    if stored.state == OperationState.SENDING:
        raise Conflict(_("It is being sent now."))
    _restart(WebhookDelivery.objects.filter(pk=stored.pk))
    record("webhook.resend", endpoint, by=by, after={"event": stored.event, "count": 1})
    open_gate(endpoint)
    _wake()


@service
def resend_since(*, endpoint: WebhookEndpoint, since: datetime, by: Any) -> int:
    """Send all events since a time again, in their order; return how many."""
    stored = lock_row(endpoint)
    _require_open(stored)
    finished = WebhookDelivery.objects.filter(
        endpoint=stored, created_at__gte=since, state__in=(OperationState.DONE, OperationState.PARKED)
    )
    count = _restart(finished)
    record("webhook.resend", stored, by=by, after={"since": since.isoformat(), "count": count})
    open_gate(stored)
    _wake()
    return count


@service
def skip(*, delivery: WebhookDelivery, by: Any) -> None:
    """Set an event aside, so that later ones of its object go on. Conflict unless it waits."""
    endpoint = lock_row(delivery.endpoint)
    waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=OperationState.READY)
    if not waiting.update(state=OperationState.PARKED, finished_at=timezone.now()):
        raise Conflict(_("It does not wait any more."))
    record("webhook.skip", endpoint, by=by, after={"event": delivery.event})
    _wake()


def _restart(deliveries: Any) -> int:
    count: int = deliveries.update(
        state=OperationState.READY,
        due_at=timezone.now(),
        attempts=0,
        first_sent_at=None,
        finished_at=None,
        reason="",
    )
    return count


def _require_open(endpoint: WebhookEndpoint) -> None:
    if not WebhookGate.objects.filter(pk=endpoint.pk, held_for=[]).exists():
        raise Conflict(_("This webhook is paused. Resume it first."))


def _wake() -> None:
    transaction.on_commit(lambda: wake_worker(DELIVER_TASK))
