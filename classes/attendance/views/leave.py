"""Views of leave of absence: list, entering and withdrawing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView

from accounts.models import User
from classes.attendance import appeals
from classes.attendance.forms.appeals import LeaveForm
from classes.attendance.forms.filters import LeaveFilter
from classes.attendance.tables import LEAVE_TABLE
from classes.models import Leave
from console.lists.views import TableView
from console.policy import scoped
from console.policy.views import SchoolView


class LeaveList(TableView, ListView):
    """Leave of absence, the latest first; students see only their own."""

    resource, action = "leave", "list"
    table = LEAVE_TABLE
    queryset = Leave.objects.select_related("person", "by")
    template_name = "classes/attendance/leaves.html"

    @cached_property
    def filter(self) -> LeaveFilter:
        return LeaveFilter(self.request.GET)

    def get_queryset(self) -> QuerySet[Leave]:
        rows: QuerySet[Leave] = super().get_queryset()
        order = self.table_state.order or self.table.order_of(self.table.default_sort)
        return self.filter.narrow(rows).order_by(*order)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Leave"),
            search_label=_("Name or user ID"),
            filter_form=self.filter,
            may_add=self.may("add"),
            may_withdraw=self.may("withdraw"),
            **more,
        )


class LeaveAdd(SchoolView, FormView):
    """Grant leave to a student."""

    resource, action = "leave", "add"
    form_class = LeaveForm
    template_name = "generic/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = scoped(User.objects.all(), self.request.user, "person", "list")
        return super().get_form_kwargs() | {"people": people.filter(role="student", is_active=True)}

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.request.GET.get("person", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        try:
            appeals.grant_leave(by=by, **form.service_fields())
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(_("The leave has been entered. Absences during this time count as excused."))
        return redirect("classes:leaves")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Enter leave"), cancel_url=reverse("classes:leaves"), **more)


class LeaveWithdraw(SchoolView, FormView):
    """Withdraw a leave."""

    resource, action = "leave", "withdraw"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    @cached_property
    def leave(self) -> Leave:
        return self.get_row(Leave.objects.select_related("person"), pk=self.kwargs["pk"])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        appeals.withdraw_leave(leave=self.leave, by=by)
        self.success(_("The leave has been revoked."))
        return redirect("classes:leaves")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Revoke the leave of %(name)s?") % {"name": self.leave.person.nickname},
            detail=_("Marks in open registers are calculated again."),
            submit_label=_("Undo"),
            cancel_url=reverse("classes:leaves"),
            tone="primary",
            **more,
        )
