"""Operations in the Django admin: read-only, with attempts and actions for decisions."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.outbox.decisions import decide
from console.outbox.kinds import all_kinds
from console.outbox.models import Attempt, Gate, Operation
from console.outbox.presentation import OperationRow
from console.outbox.reasons import reason_text
from console.policy.admin import KnownValuesFilter, ReadOnlyAdmin
from console.policy.rules import refusal_message
from console.ui.template_tags import duration


class AttemptInline(admin.TabularInline):
    model = Attempt
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        *("started_at", "endpoint", "outcome", "http_status", "error_code", "milliseconds", "message"),
    )

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        return True  # access to the operation has been checked, and includes its attempts


DECISION_LABELS: dict[str, str | Promise] = {
    "send_again": _("Send again"),
    "mark_done": _("Mark as done"),
    "park": _("Set aside"),
}


def _decision_action(name: str) -> Callable[["OperationAdmin", HttpRequest, QuerySet[Operation]], None]:
    def run(model_admin: "OperationAdmin", request: HttpRequest, rows: QuerySet[Operation]) -> None:
        model_admin.decide(request, rows, name)

    return run


class KindFilter(KnownValuesFilter):
    title = _("action")
    parameter_name = "kind"

    def known_values(self) -> Iterable[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in all_kinds()]


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    resource = "operation"
    list_display = (
        *("id", "what", "subject_label", "state", "attempts", "why", "next_step", "created_at", "lag"),
        "finished_at",
    )
    list_filter = ("state", KindFilter, "created_at")
    search_fields = ("subject_label",)
    inlines = (AttemptInline,)
    exclude = ("waits_for", "lease_owner", "lease_until", "args")

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, operation: Operation) -> str:
        return str(reason_text(operation.reason).what) if operation.reason else ""

    @admin.display(description=_("action"), ordering="kind")
    def what(self, operation: Operation) -> str:
        return str(OperationRow(operation).what)

    @admin.display(description=_("next step"))
    def next_step(self, operation: Operation) -> str:
        return str(OperationRow(operation).next_step)

    @admin.display(description=_("delay"))
    def lag(self, operation: Operation) -> str:
        return duration(OperationRow(operation).lag_seconds)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        offered = {name: label for name, label in DECISION_LABELS.items() if self.may(request, name)}
        actions = {name: (_decision_action(name), name, label) for name, label in offered.items()}
        return super().get_actions(request) | actions

    def decide(self, request: HttpRequest, rows: QuerySet[Operation], name: str) -> None:
        """Apply a decision to each operation. A refusal is shown with its ID and stops no other."""
        done = 0
        for operation in rows:
            try:
                if not self.may(request, name, operation):
                    raise PermissionDenied(refusal_message(request.user, name, self.resource))
                decide(operation, name, by=request.user)
            except (ValidationError, PermissionDenied) as error:
                texts = error.messages if isinstance(error, ValidationError) else map(str, error.args)
                self.message_user(request, f"{operation.pk}: {' '.join(texts)}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("%(n)d operation resolved.", "%(n)d operations resolved.", done)
            self.message_user(request, text % {"n": done})


@admin.register(Gate)
class GateAdmin(ReadOnlyAdmin):
    """The gate of a school. Bucket and trial are internal and not shown."""

    resource = "operation"
    list_display = ("enterprise", "why", "held_since", "failures", "open_until", "skew_s")
    list_filter = ("held_since",)
    exclude = ("tokens", "refilled_at", "trial_until")

    @admin.display(description=_("reason"))
    def why(self, gate: Gate) -> str:
        return str(reason_text(gate.held_reason).what) if gate.held_reason else ""


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    resource = "attempt"
    list_display = ("id", "operation", "endpoint", "outcome", "error_code", "started_at", "milliseconds")
    list_filter = ("outcome", "started_at")
    list_select_related = ("operation",)
