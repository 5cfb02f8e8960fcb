"""Courseware in the Django admin."""

from django.contrib import admin

from console.policy.admin import ReadOnlyAdmin
from documents.models import Document


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Read-only: the API has no endpoint that changes a document."""

    resource = "document"
    list_display = ("name", "ext", "owner", "permission", "sync_state")
    list_filter = ("permission", "sync_state")
    search_fields = ("name",)
    date_hierarchy = "created_at"
    exclude = ("observed", "transcode_url", "file")
