"""What waits for a person: callbacks that were set aside because their processing failed again and again."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from console.inbox.labels import event_label, reason_text
from console.inbox.models import Callback
from console.policy import scoped
from console.ui.waiting import Listing, WaitingRow, register_waiting

QUARANTINED = Callback.State.QUARANTINED


def _failed_callbacks(reader: Any) -> list[QuerySet[Callback]]:
    # A body may be long, or too deep for Python.
    rows = Callback.objects.filter(state=QUARANTINED).defer("body", "unreadable")
    return [scoped(rows, reader, "callback", "list")]


def _callback_row(callback: Callback) -> WaitingRow:
    url = reverse("inbox:callback", args=[callback.pk])
    label = str(event_label(callback.event))
    return WaitingRow(label, url, reason_text(callback.reason), callback.received_at)


register_waiting(
    "callbacks",
    _failed_callbacks,
    ngettext_lazy("%(n)d failed event", "%(n)d failed events", "n"),
    Listing(
        place=42,
        icon="message-report",
        tone="warn",
        act=_("Handle it"),
        url=lambda: f"{reverse('inbox:callbacks')}?state={QUARANTINED}",
        row=_callback_row,
    ),
)
