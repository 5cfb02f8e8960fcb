"""Jobs in the Django admin, read-only."""

from django.contrib import admin

from console.jobs.models import Job
from console.policy.admin import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    resource = "job"
    list_display = ("id", "kind", "state", "done", "failed", "total", "created_by", "created_at")
    list_filter = ("state",)
    date_hierarchy = "created_at"
    list_select_related = ("created_by",)
