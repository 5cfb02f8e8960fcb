"""The desk of what is sent: the list of operations, one with its tries, and what a person decides."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView

from console.outbox.choosing import OperationFilter
from console.outbox.desk import decide
from console.outbox.lines import Line, Try
from console.outbox.models import Operation
from console.outbox.standing import standing_of
from console.outbox.states import OPEN
from console.policy import may
from console.policy.pages import SchoolPage, keyset

BUTTONS: dict[str, tuple[str | Promise, str]] = {
    "send_again": (gettext_lazy("Send again"), "send"),
    "mark_done": (gettext_lazy("Mark as done"), "check"),
    "park": (gettext_lazy("Set aside"), "archive"),
}


class ReasonForm(forms.Form):
    """Why somebody decided so; kept on record."""

    reason = forms.CharField(label=gettext_lazy("Reason, for the record"), required=False, max_length=300)


class OperationList(SchoolPage, ListView):
    """The newest first. Rows are many, so they are paged by key and never counted."""

    resource, action = "operation", "list"
    queryset = Operation.objects.select_related("created_by")
    template_name = "outbox/operations.html"
    paginate_by = None

    @cached_property
    def filter(self) -> OperationFilter:
        return OperationFilter(self.request.GET)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = keyset(self.filter.narrow(self.get_queryset()), self.request)
        lines = [Line(operation) for operation in page.rows]
        return super().get_context_data(
            title=_("Sent to iclass"),
            search_label=_("Name of the lesson or person"),
            filter_form=self.filter,
            keyset=page,
            lines=lines,
            standing=standing_of(self.request.user.enterprise),
            many=self.many() if any(line.decisions for line in lines) else [],
            may_test=may(self.request.user, "pull", "school"),
            object_list=Operation.objects.none(),
            **more,
        )

    def many(self) -> list[dict[str, Any]]:
        """The buttons for the ticked rows; their addresses carry the filter."""
        chosen = self.request.GET.urlencode()
        return [
            {"url": f"{reverse(f'outbox:many_{name}')}?{chosen}", "label": label, "icon_name": icon}
            for name, (label, icon) in BUTTONS.items()
            if self.may(name)
        ]


class OperationPage(SchoolPage, DetailView):
    """One operation with every try."""

    resource = "operation"
    queryset = Operation.objects.select_related("created_by")
    template_name = "outbox/operation.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        line = Line(self.object)
        decisions = [name for name in line.decisions if self.may_decide(name)]
        return super().get_context_data(
            title=line.what,
            line=line,
            tries=[Try(attempt) for attempt in self.object.tries.all()[:100]],
            about=f"{self.object.subject_type}:{self.object.subject_id}",
            waits_for=[Line(one) for one in self.object.waits_for.filter(state__in=OPEN)],
            decisions=decisions,
            **more,
        )

    def may_decide(self, name: str) -> bool:
        return self.may(name, self.object)


class OperationDecision(SchoolPage, FormView):
    """One decision of the desk: asks on GET, does it on POST. `action` is that of the policy table."""

    resource = "operation"
    form_class = ReasonForm
    template_name = "generic/confirm.html"
    WORDS = {
        "send_again": (
            gettext_lazy("Send it again?"),
            gettext_lazy("It goes out to iclass within seconds, as the entry is now."),
            gettext_lazy("Send again"),
            gettext_lazy("It goes out within seconds."),
        ),
        "mark_done": (
            gettext_lazy("Mark it as done?"),
            gettext_lazy("Nothing is sent any more. Do this where you have seen that iclass has it so."),
            gettext_lazy("Mark as done"),
            gettext_lazy("Marked as done."),
        ),
        "park": (
            gettext_lazy("Set it aside?"),
            gettext_lazy("Nothing is sent until somebody sends it again; what comes after it goes on."),
            gettext_lazy("Set aside"),
            gettext_lazy("Set aside."),
        ),
    }

    @cached_property
    def operation(self) -> Operation:
        return self.find(Operation.objects.all(), pk=self.kwargs["pk"])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        question, detail, label, _done = self.WORDS[self.action]
        return super().get_context_data(
            title=f"{Line(self.operation).what} · {self.operation.subject_label} · {question}",
            detail=detail,
            submit_label=label,
            tone="primary",
            cancel_url=reverse("outbox:operation", args=[self.operation.pk]),
            **more,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            reason = form.cleaned_data["reason"]
            decide(self.operation, self.action, by=self.request.user, reason=reason)
            self.say(self.WORDS[self.action][3])
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        return redirect("outbox:operation", self.operation.pk)
