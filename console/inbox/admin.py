"""Callbacks in the Django admin: to be read, and to be handled once more."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.inbox.models import Callback
from console.inbox.pages import show
from console.inbox.replay import MOST, replay_many
from console.inbox.words import reason_words
from console.policy.admin import ReadOnlyAdmin


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    resource = "callback"
    list_display = ("id", "event", "class_id", "state", "why", "deliveries", "received_at", "handled_at")
    list_filter = ("state", "event")
    search_fields = ("class_id",)
    exclude = ("body", "unreadable", "fingerprint")
    actions = ("handle_again",)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, callback: Callback) -> str:
        return str(reason_words(callback.reason))

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "replay")

    @admin.action(description=_("Handle the chosen events again"), permissions=["replay"])
    def handle_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        chosen = list(queryset[: MOST + 1])
        if len(chosen) > MOST:
            told = ngettext("Choose at most %(n)d event.", "Choose at most %(n)d events.", MOST)
            self.message_user(request, told % {"n": MOST}, messages.ERROR)
            return None
        return show(request, replay_many(callbacks=chosen, by=request.user))
