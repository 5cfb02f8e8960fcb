"""What waits for a person: webhooks that deliver nothing until somebody resumes them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console.policy import may, scoped
from console.ui.waiting import Listing, RowAct, WaitingRow, register_waiting
from console.webhooks.models import WebhookEndpoint
from console.webhooks.presentation import EndpointRow


def _paused_webhooks(reader: Any) -> list[QuerySet[WebhookEndpoint]]:
    paused = WebhookEndpoint.objects.filter(gate__held_for__len__gt=0)
    return [scoped(paused, reader, "webhook", "list")]


def _webhook_row(endpoint: WebhookEndpoint) -> WaitingRow:
    badge = EndpointRow(endpoint).badge
    return WaitingRow(endpoint.name, endpoint.get_absolute_url(), badge.next_step, endpoint.gate.held_since)


def _may_resume(reader: Any, _endpoint: WebhookEndpoint) -> bool:
    return may(reader, "change", "webhook")


register_waiting(
    "webhooks",
    _paused_webhooks,
    ngettext_lazy("%(n)d webhook is paused", "%(n)d webhooks are paused", "n"),
    Listing(
        place=44,
        icon="player-pause",
        tone="bad",
        act=_("Handle it"),
        url=lambda: reverse("webhooks:endpoints"),
        row=_webhook_row,
        related=("gate",),
        acts=(RowAct(_("Resume"), "player-play", "webhooks:resume", _may_resume),),
    ),
)
