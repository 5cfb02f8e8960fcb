"""Callbacks in the Django admin: to be read."""

from django.contrib import admin

from console.inbox.models import Callback
from console.policy.admin import ReadOnlyAdmin


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    resource = "callback"
    list_display = ("id", "event", "class_id", "state", "deliveries", "received_at", "handled_at")
    list_filter = ("state", "event")
    search_fields = ("class_id",)
    exclude = ("body", "unreadable", "fingerprint")
