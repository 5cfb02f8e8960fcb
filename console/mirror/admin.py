"""Ignored differences in the Django admin: to be read; acts on them stand on the page of differences."""

from django.contrib import admin

from console.mirror.models import Ignored
from console.policy.admin import ReadOnlyAdmin


@admin.register(Ignored)
class IgnoredAdmin(ReadOnlyAdmin):
    resource = "drift"
    list_display = ("id", "subject_label", "field", "by", "at")
    search_fields = ("subject_label",)
    exclude = ("subject_id", "ours", "theirs")
