"""Callbacks in the Django admin: read-only, with an action to replay them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.inbox.labels import EVENT_LABELS, reason_text
from console.inbox.models import Callback
from console.inbox.replay import MAX_REPLAYED, replay_callbacks
from console.inbox.views import render_replay_results
from console.policy.admin import KnownValuesFilter, ReadOnlyAdmin


class EventFilter(KnownValuesFilter):
    title = _("event")
    parameter_name = "event"

    def known_values(self) -> Iterable[tuple[str, Any]]:
        return EVENT_LABELS.items()


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    resource = "callback"
    list_display = ("id", "event", "class_id", "state", "why", "deliveries", "received_at", "handled_at")
    list_filter = ("state", EventFilter, "received_at")
    search_fields = ("class_id",)
    exclude = ("body", "unreadable", "fingerprint")
    actions = ("handle_again",)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, callback: Callback) -> str:
        return str(reason_text(callback.reason))

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "replay")

    @admin.action(description=_("Process selected events again"), permissions=["replay"])
    def handle_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        chosen = list(queryset[: MAX_REPLAYED + 1])
        if len(chosen) > MAX_REPLAYED:
            text = ngettext("Select at most %(n)d event.", "Select at most %(n)d events.", MAX_REPLAYED)
            self.message_user(request, text % {"n": MAX_REPLAYED}, messages.ERROR)
            return None
        return render_replay_results(request, replay_callbacks(callbacks=chosen, by=request.user))
