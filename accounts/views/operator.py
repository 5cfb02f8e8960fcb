"""An operator's way into a school and out, and what the school sees of it."""

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

from accounts.connection import try_connection
from accounts.forms import NewSchoolForm, ReasonForm
from accounts.models import Enterprise, Visit
from accounts.operator import SESSION_KEY, enter_school, leave_school
from accounts.services import add_school
from console.policy.pages import SchoolPage


class OperatorSchools(SchoolPage, ListView):
    """The schools by name and number. What is in them opens with a reason."""

    resource, action = "visit", "enter"
    template_name = "accounts/schools.html"
    extra_context = {"title": gettext_lazy("Schools"), "search_label": gettext_lazy("Name or SDKAppID")}

    def get_queryset(self) -> QuerySet[Enterprise]:
        words = self.request.GET.get("q", "").strip()
        schools = Enterprise.objects.only("name", "sdkappid").order_by("name", "id")
        by_number = schools.filter(sdkappid=int(words)) if words.isdecimal() and len(words) < 19 else None
        return by_number if by_number is not None else schools.filter(name__icontains=words)


class SchoolAdd(SchoolPage, FormView):
    """A new school: its number and key. iclass is asked at once whether they fit, and pulled from."""

    resource, action = "school", "add"
    form_class = NewSchoolForm
    template_name = "generic/form.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Add a school"),
            submit_label=_("Add and test"),
            cancel_url=reverse("accounts:schools"),
            **more,
        )

    def form_valid(self, form: NewSchoolForm) -> HttpResponse:
        typed = form.cleaned_data
        key = typed["tic_key"].reveal()
        try:
            school = add_school(
                sdkappid=typed["sdkappid"], tic_key=key, name=typed["name"], by=self.request.user
            )
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
            return self.form_invalid(form)
        self.say(_("“%(school)s” is added. Its data come from iclass within seconds.") % {"school": school})
        told = try_connection(school, by=self.request.user)
        (self.say if told.good else self.warn)(told.words)
        return redirect("accounts:schools")


class EnterSchool(SchoolPage, FormView):
    """Ask for the reason, then begin the visit."""

    resource, action = "visit", "enter"
    form_class = ReasonForm
    template_name = "generic/confirm.html"

    @cached_property
    def school(self) -> Enterprise:
        return get_object_or_404(Enterprise, pk=self.kwargs["pk"])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Enter %(school)s?") % {"school": self.school},
            detail=_(
                "The school sees your name, the time and this reason, and what you do stands on its trail."
            ),
            submit_label=_("Enter"),
            tone="primary",
            cancel_url=reverse("accounts:schools"),
            **more,
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            visit = enter_school(school=self.school, by=self.request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
            return self.form_invalid(form)
        self.request.session[SESSION_KEY] = visit.pk
        return redirect("classes:home")


class LeaveSchool(SchoolPage):
    """The way out; of a visit that is over it leads to the schools too."""

    resource, action = "school", "list"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        visit = getattr(request, "visit", None)
        if visit is not None:
            leave_school(visit=visit, by=request.user)
        request.session.pop(SESSION_KEY, None)
        return redirect("accounts:schools" if visit is not None else "classes:home")


class VisitList(SchoolPage, ListView):
    """Who entered the school, when and why."""

    resource, action = "visit", "list"
    model = Visit
    ordering = ("-id",)
    template_name = "accounts/visits.html"
    extra_context = {"title": gettext_lazy("Visits of operators")}
