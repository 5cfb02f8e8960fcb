"""Views by which operators add, enter and leave schools, and the list of visits for the school."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from accounts.models import Enterprise, Visit
from accounts.people.forms.person import AuditReasonForm
from accounts.school.connection_check import check_connection
from accounts.school.forms.general import NewSchoolForm
from accounts.school.operator_visits import SESSION_KEY, enter_school, leave_school
from accounts.school.services import add_school
from console.inputs.bounds import parse_id
from console.policy.views import SchoolView


class OperatorSchools(SchoolView, ListView):
    """List schools by name and SDKAppID. Entering one needs a reason."""

    resource, action = "visit", "enter"
    template_name = "accounts/school/schools.html"
    extra_context = {
        "title": gettext_lazy("Schools"),
        "search_label": gettext_lazy("Name or school's number (SDKAppID)"),
    }

    def get_queryset(self) -> QuerySet[Enterprise]:
        text = self.request.GET.get("q", "").strip()
        schools = Enterprise.objects.only("name", "sdkappid").order_by("name", "id")
        by_number = schools.filter(sdkappid=number) if (number := parse_id(text)) is not None else None
        return by_number if by_number is not None else schools.filter(name__icontains=text)


class SchoolAdd(SchoolView, FormView):
    """Add a school, pull its data and check the connection at once."""

    resource, action = "school", "add"
    form_class = NewSchoolForm
    template_name = "generic/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Add school"),
            submit_label=_("Add and test"),
            cancel_url=reverse("accounts:schools"),
            **kwargs,
        )

    def form_valid(self, form: NewSchoolForm) -> HttpResponse:
        data = form.cleaned_data
        key = data["tic_key"].reveal()
        try:
            school = add_school(
                sdkappid=data["sdkappid"], tic_key=key, name=data["name"], by=self.request.user
            )
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
            return self.form_invalid(form)
        self.success(
            _("“%(school)s” has been added. Its data is pulled from iclass within seconds.")
            % {"school": school}
        )
        result = check_connection(school, by=self.request.user)
        (self.success if result.succeeded else self.warning)(result.message)
        return redirect("accounts:schools")


class EnterSchool(SchoolView, FormView):
    """Ask for a reason, then start the visit."""

    resource, action = "visit", "enter"
    form_class = AuditReasonForm
    template_name = "generic/confirm.html"

    @cached_property
    def school(self) -> Enterprise:
        return get_object_or_404(Enterprise, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Enter %(school)s?") % {"school": self.school},
            detail=_(
                "The school can see your name, the time and this reason, and everything you "
                "do is recorded in its audit trail."
            ),
            submit_label=_("Enter"),
            tone="primary",
            cancel_url=reverse("accounts:schools"),
            **kwargs,
        )

    def form_valid(self, form: AuditReasonForm) -> HttpResponse:
        try:
            visit = enter_school(school=self.school, by=self.request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
            return self.form_invalid(form)
        self.request.session[SESSION_KEY] = visit.pk
        return redirect("classes:home")


class LeaveSchool(SchoolView):
    """End the visit and redirect to the list of schools."""

    resource, action = "school", "list"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        visit = getattr(request, "visit", None)
        if visit is not None:
            leave_school(visit=visit, by=self.request.user)
        request.session.pop(SESSION_KEY, None)
        return redirect("accounts:schools" if visit is not None else "classes:home")


class VisitList(SchoolView, ListView):
    """List the visits of operators to the school."""

    resource, action = "visit", "list"
    model = Visit
    ordering = ("-id",)
    template_name = "accounts/school/operator_visits.html"
    extra_context = {"title": gettext_lazy("Operator visits")}
