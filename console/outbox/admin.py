"""Operations and attempts in the Django admin: to be read; acts on them stand on the pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from console.outbox.models import Attempt, Operation
from console.outbox.words import words_of
from console.policy.admin import ReadOnlyAdmin


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        *("started_at", "endpoint", "outcome", "http_status", "error_code", "milliseconds", "message"),
    )

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        return True  # an attempt is seen with its operation, which the reader was allowed to open


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    resource = "operation"
    list_display = ("id", "kind", "subject_label", "state", "attempts", "why", "created_at", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("subject_label",)
    inlines = (AttemptInline,)
    exclude = ("waits_for", "lease_owner", "lease_until", "args")

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, operation: Operation) -> str:
        return str(words_of(operation.reason).what) if operation.reason else ""


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    resource = "attempt"
    list_display = ("id", "operation", "endpoint", "outcome", "error_code", "started_at", "milliseconds")
    list_filter = ("outcome",)
    list_select_related = ("operation",)
