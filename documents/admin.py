"""Courseware in the Django admin."""

from django.contrib import admin

from console.policy.admin import ReadOnlyAdmin
from documents.models import Document


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """To be read: what the service keeps of a document cannot be changed there."""

    resource = "document"
    list_display = ("name", "ext", "owner", "permission", "sync_state")
    list_filter = ("permission", "sync_state")
    search_fields = ("name",)
    exclude = ("observed", "transcode_url", "file")
