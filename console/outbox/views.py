"""Pages of operations: the list, one operation with its attempts, and decisions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView

from console.lists.views import TableView
from console.outbox.decisions import decide
from console.outbox.exchange_status import exchange_status
from console.outbox.filters import OperationFilter
from console.outbox.models import Operation
from console.outbox.presentation import AttemptRow, OperationRow
from console.outbox.states import OPEN_STATES
from console.outbox.tables import OPERATION_TABLE
from console.policy import may
from console.policy.views import SchoolView, paginate_by_key

DECISION_BUTTONS: dict[str, tuple[str | Promise, str]] = {
    "send_again": (gettext_lazy("Send again"), "send"),
    "mark_done": (gettext_lazy("Mark as done"), "check"),
    "park": (gettext_lazy("Set aside"), "archive"),
}


class ReasonForm(forms.Form):
    """The reason for a decision, kept in the audit trail."""

    reason = forms.CharField(label=gettext_lazy("Reason (recorded)"), required=False, max_length=300)


#: Seconds between refreshes of the list, while something is on its way and otherwise.
BUSY_REFRESH_S, IDLE_REFRESH_S = 3, 10


class OperationList(TableView, ListView):
    """List operations, newest first. Rows are many, so pages use keyset pagination without a count."""

    resource, action = "operation", "list"
    table = OPERATION_TABLE
    queryset = Operation.objects.select_related("created_by")
    template_name = "outbox/operations.html"
    paginate_by = None

    @cached_property
    def filter(self) -> OperationFilter:
        return OperationFilter(self.request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        operations = self.filter.narrow(self.get_queryset())
        page = paginate_by_key(operations, self.request, self.table_state.order or ("-id",))
        rows = [OperationRow(operation) for operation in page.rows]
        return super().get_context_data(
            title=_("Sent to iclass"),
            search_label=_("Name of the lesson or person"),
            filter_form=self.filter,
            keyset=page,
            lines=rows,
            live_every=BUSY_REFRESH_S if any(row.open for row in rows) else IDLE_REFRESH_S,
            standing=exchange_status(self.request.user.enterprise),
            many=self._bulk_actions() if any(row.decisions for row in rows) else [],
            may_send_again=self.may("send_again"),
            may_test=may(self.request.user, "pull", "school"),
            object_list=Operation.objects.none(),
            **kwargs,
        )

    def _bulk_actions(self) -> list[dict[str, Any]]:
        """Return the buttons for selected rows; their URLs carry the filter."""
        chosen = self.request.GET.urlencode()
        return [
            {"url": f"{reverse(f'outbox:many_{name}')}?{chosen}", "label": label, "icon_name": icon}
            for name, (label, icon) in DECISION_BUTTONS.items()
            if self.may(name)
        ]


class OperationDetail(SchoolView, DetailView):
    """Show one operation with its attempts, the newest first."""

    resource = "operation"
    queryset = Operation.objects.select_related("created_by")
    template_name = "outbox/operation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = OperationRow(self.object)
        decisions = [name for name in row.decisions if self.may(name, self.object)]
        keyset = paginate_by_key(self.object.tries.all(), self.request)
        return super().get_context_data(
            title=row.what,
            line=row,
            tries=[AttemptRow(attempt) for attempt in keyset.rows],
            keyset=keyset,
            about=f"{self.object.subject_type}:{self.object.subject_id}",
            waits_for=[OperationRow(one) for one in self.object.waits_for.filter(state__in=OPEN_STATES)],
            decisions=decisions,
            **kwargs,
        )


class OperationDecisionView(SchoolView, FormView):
    """Confirm a decision on GET and apply it on POST. `action` is an action of the policy table."""

    resource = "operation"
    form_class = ReasonForm
    template_name = "generic/confirm.html"
    WORDS = {
        "send_again": (
            gettext_lazy("Send it again?"),
            gettext_lazy("It is sent to iclass within seconds with its current values."),
            gettext_lazy("Send again"),
            gettext_lazy("It is sent within seconds."),
        ),
        "mark_done": (
            gettext_lazy("Mark it as done?"),
            gettext_lazy("It is not sent any more. First make sure that the data at iclass is correct."),
            gettext_lazy("Mark as done"),
            gettext_lazy("Marked as done."),
        ),
        "park": (
            gettext_lazy("Set aside?"),
            gettext_lazy("Nothing is sent until someone sends it again. Later operations continue."),
            gettext_lazy("Set aside"),
            gettext_lazy("Set aside."),
        ),
    }

    @cached_property
    def operation(self) -> Operation:
        return self.get_row(Operation.objects.all(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question, detail, label, _done = self.WORDS[self.action]
        return super().get_context_data(
            title=f"{OperationRow(self.operation).what} · {self.operation.subject_label} · {question}",
            detail=detail,
            submit_label=label,
            tone="primary",
            cancel_url=reverse("outbox:operation", args=[self.operation.pk]),
            **kwargs,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            reason = form.cleaned_data["reason"]
            decide(self.operation, self.action, by=self.request.user, reason=reason)
            self.success(self.WORDS[self.action][3])
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        return self.go_back("outbox:operation", self.operation.pk)
