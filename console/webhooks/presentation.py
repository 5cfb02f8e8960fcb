"""Webhooks, deliveries and attempts as pages show them."""

import json
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from console.outbox.states import OperationState
from console.ui.badges import Badge
from console.webhooks.calls import message_of
from console.webhooks.events import event_label
from console.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookGate
from console.webhooks.reasons import attempt_reason, pause_reason


class EndpointRow(NamedTuple):
    """A webhook with its state."""

    endpoint: WebhookEndpoint

    @property
    def badge(self) -> Badge:
        gate = self.endpoint.gate
        if gate.paused_for:
            return Badge(_("paused"), "player-pause", "bad", pause_reason(gate.paused_for))
        if gate.failures:
            return Badge(
                _("does not answer"),
                "cloud-x",
                "warn",
                _("Events are not accepted at the moment. They are tried again for three days."),
            )
        return Badge(_("in use"), "cloud-check", "ok", "")

    @property
    def events(self) -> list[str]:
        return [event_label(name) for name in self.endpoint.events]

    @property
    def is_paused(self) -> bool:
        return bool(self.endpoint.gate.paused_for)


class DeliveryRow(NamedTuple):
    """A delivery with its state. `gate` is that of its webhook."""

    delivery: WebhookDelivery
    gate: WebhookGate

    @property
    def label(self) -> str:
        return event_label(self.delivery.event)

    @property
    def badge(self) -> Badge:
        state, reason = self.delivery.state, self.delivery.reason
        if state == OperationState.DONE:
            return Badge(pgettext("message", "delivered"), "cloud-check", "ok", "")
        if state == OperationState.PARKED:
            return Badge(_("set aside"), "archive", "idle", "")
        if state == OperationState.SENDING:
            return Badge(_("sending"), "cloud-upload", "busy", "")
        if self.gate.paused_for:
            return Badge(_("on hold"), "player-pause", "warn", _("The webhook is paused."))
        if reason:
            return Badge(_("is tried again"), "refresh", "warn", attempt_reason(reason))
        return Badge(_("waiting"), "clock", "idle", "")

    @property
    def is_open(self) -> bool:
        return self.delivery.state in (OperationState.READY, OperationState.SENDING)

    @property
    def waits_until(self) -> datetime | None:
        """When it is tried next; None where that is over, or its turn has come."""
        due = self.delivery.due_at
        return due if self.is_open and due > timezone.now() else None

    @property
    def may_skip(self) -> bool:
        return self.delivery.state == OperationState.READY


class AttemptRow(NamedTuple):
    """An attempt with its reason in words."""

    attempt: WebhookAttempt

    @property
    def tone(self) -> str:
        return "ok" if self.attempt.outcome == WebhookAttempt.Outcome.DELIVERED else "bad"

    @property
    def reason(self) -> str:
        return attempt_reason(self.attempt.reason) if self.attempt.reason else ""


def newest_failure(endpoint: WebhookEndpoint) -> AttemptRow | None:
    """Return the newest failed attempt of a webhook that does not answer; None while it does."""
    if not endpoint.gate.failures:
        return None
    failed = WebhookAttempt.objects.filter(delivery__endpoint=endpoint).exclude(reason="")
    newest = failed.order_by("-pk").first()
    return AttemptRow(newest) if newest else None


def delivery_request(delivery: WebhookDelivery) -> str:
    """Return the body of the message, indented for reading and without personal data."""
    return json.dumps(message_of(delivery), ensure_ascii=False, indent=2)
