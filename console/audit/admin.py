from django.contrib import admin

from console.audit.models import AuditEntry
from console.policy.admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    resource = "audit"
    list_display = ("at", "actor_label", "action", "object_label", "reason")
    search_fields = ("action", "actor_label", "object_label", "request_id")
    list_select_related = False
