"""Operations in the Django admin: read with their attempts, decided about one or many, changed by nobody."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.outbox.desk import decide
from console.outbox.lines import Line
from console.outbox.models import Attempt, Gate, Operation
from console.outbox.words import words_of
from console.policy.admin import ReadOnlyAdmin
from console.policy.rules import refusal
from console.templatetags.ui import duration


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


ACTS: dict[str, str | Promise] = {
    "send_again": _("Send again"),
    "mark_done": _("Mark as done"),
    "park": _("Set aside"),
}


def _act(name: str) -> Callable[["OperationAdmin", HttpRequest, QuerySet[Operation]], None]:
    def run(of: "OperationAdmin", request: HttpRequest, rows: QuerySet[Operation]) -> None:
        of.decide(request, rows, name)

    return run


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    resource = "operation"
    list_display = (
        *("id", "what", "subject_label", "state", "attempts", "why", "next_step", "created_at", "lag"),
        "finished_at",
    )
    list_filter = ("state", "kind")
    search_fields = ("subject_label",)
    inlines = (AttemptInline,)
    exclude = ("waits_for", "lease_owner", "lease_until", "args")

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, operation: Operation) -> str:
        return str(words_of(operation.reason).what) if operation.reason else ""

    @admin.display(description=_("what"), ordering="kind")
    def what(self, operation: Operation) -> str:
        return str(Line(operation).what)

    @admin.display(description=_("next step"))
    def next_step(self, operation: Operation) -> str:
        return str(Line(operation).next_step)

    @admin.display(description=_("lag"))
    def lag(self, operation: Operation) -> str:
        return duration(Line(operation).lag_seconds)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        offered = {name: label for name, label in ACTS.items() if self.may(request, name)}
        acts = {name: (_act(name), name, label) for name, label in offered.items()}
        return super().get_actions(request) | acts

    def decide(self, request: HttpRequest, rows: QuerySet[Operation], name: str) -> None:
        """One decision about each; what is not open for one is said by its number and stops no other."""
        done = 0
        for operation in rows:
            try:
                if not self.may(request, name, operation):
                    raise PermissionDenied(refusal(name, self.resource))
                decide(operation, name, by=request.user)
            except (ValidationError, PermissionDenied) as error:
                said = error.messages if isinstance(error, ValidationError) else map(str, error.args)
                self.message_user(request, f"{operation.pk}: {' '.join(said)}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("%(n)d operation decided.", "%(n)d operations decided.", done)
            self.message_user(request, text % {"n": done})


@admin.register(Gate)
class GateAdmin(ReadOnlyAdmin):
    """What holds a school back. Its bucket and trial are the machine's own business."""

    resource = "operation"
    list_display = ("enterprise", "why", "held_since", "failures", "open_until", "skew_s")
    exclude = ("tokens", "refilled_at", "trial_until")

    @admin.display(description=_("reason"))
    def why(self, gate: Gate) -> str:
        return str(words_of(gate.held_reason).what) if gate.held_reason else ""


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    resource = "attempt"
    list_display = ("id", "operation", "endpoint", "outcome", "error_code", "started_at", "milliseconds")
    list_filter = ("outcome",)
    list_select_related = ("operation",)
