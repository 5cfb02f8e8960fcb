"""Ignored differences in the Django admin: read-only. Decisions are made on the page of differences."""

from django.contrib import admin

from console.mirror.models import IgnoredDifference
from console.policy.admin import ReadOnlyAdmin


@admin.register(IgnoredDifference)
class IgnoredAdmin(ReadOnlyAdmin):
    resource = "drift"
    list_display = ("id", "subject_label", "field", "by", "at")
    list_filter = ("at",)
    date_hierarchy = "at"
    search_fields = ("subject_label",)
    exclude = ("subject_id", "ours", "theirs")
