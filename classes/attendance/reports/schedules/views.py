"""Page of the reports by e-mail: a list with its switches, and a form for another one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from classes.attendance.reports.forms import chosen_filters
from classes.attendance.reports.registry import SCHOOL
from classes.attendance.reports.schedules.filters import (
    filter_form,
    other_filters,
    query_of,
    subject_of,
)
from classes.attendance.reports.schedules.forms import ScheduleForm
from classes.attendance.reports.schedules.reports import MAILED
from classes.attendance.reports.schedules.services import (
    create_schedule,
    delete_schedule,
    send_now,
    switch_schedule,
)
from classes.models import ReportSchedule
from console.deleted_rows import Kept
from console.notifications.channels.mail_server import mail_is_set_up
from console.policy import scoped
from console.policy.edit_views import DeleteAtOnce
from console.policy.views import SchoolView


class ScheduleList(SchoolView, TemplateView):
    """The reports by e-mail of the school."""

    resource, action = "report_schedule", "list"
    template_name = "classes/attendance/reports/schedules.html"

    @cached_property
    def form(self) -> ScheduleForm:
        """The form for another one; a report page names its group or grade in the address."""
        named = {name: self.request.GET.get(name, "") for name in ("group", "grade")}
        return ScheduleForm(reader=self.request.user, initial=named, **self.chosen)

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The report that the address names, and its filters."""
        query = self.request.GET
        report = query.get("report", SCHOOL)
        if report not in MAILED or MAILED[report].asks == ("group",):
            raise Http404
        filters = query_of(report, query)
        if len(filters) > ReportSchedule.MAX_FILTERS:  # written by hand: `absent` holds for any text
            raise Http404
        return {"report": report, "filters": filters}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        recipients: Any = self.form.fields["person"]
        rows = scoped(ReportSchedule.objects.all(), self.request.user, "report_schedule", "list")
        return super().get_context_data(
            title=_("Reports by e-mail"),
            schedules=[_row(one) for one in rows.select_related("person__enterprise", "group", "grade")],
            proposed=MAILED[self.chosen["report"]].title,
            proposed_filters=chosen_filters(filter_form(ReportSchedule(person=reader, **self.chosen))),
            form=self.form,
            has_recipient=recipients.queryset.exists(),
            sends_mail=mail_is_set_up(),
            **more,
        )


def _row(schedule: ReportSchedule) -> tuple[ReportSchedule, str, str, Any]:
    """Return the schedule, the name of its report, what that is about, and its other filters.

    A report that this version does not have says so as its reason.
    """
    if schedule.report not in MAILED:
        schedule.reason = ReportSchedule.Reason.UNKNOWN
        return schedule, schedule.title, "—", ()
    form = filter_form(schedule) if schedule.filters or MAILED[schedule.report].subject else None
    filters = other_filters(schedule, form) if form else ()
    return schedule, schedule.title, subject_of(schedule, form), filters


class ScheduleAdd(ScheduleList):
    """Create a report by e-mail."""

    action = "add"
    http_method_names = ["post", "options"]

    @cached_property
    def form(self) -> ScheduleForm:
        return ScheduleForm(self.request.POST, reader=self.request.user, **self.chosen)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by: Any = self.request.user
        if self.form.is_valid():
            try:
                create_schedule(**self.form.cleaned_data, by=by)
            except ValidationError as error:
                self.form.add_error(None, error)
            else:
                self.success(_("The report has been set up."))
                return redirect("classes:report_schedules")
        return self.render_to_response(self.get_context_data())


class ScheduleAct(SchoolView, View):
    """Base of the acts on one report by e-mail."""

    resource, action = "report_schedule", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        schedule = self.get_row(ReportSchedule.objects.select_related("person", "group", "grade"), pk=pk)
        try:
            self.success(self.act(schedule, request.user))
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        return redirect("classes:report_schedules")

    def act(self, schedule: ReportSchedule, by: Any) -> str:
        """Do it, and return the sentence that says so."""
        raise NotImplementedError


class ScheduleSwitch(ScheduleAct):
    """Turn it on or off; `on` is the state that the reader wants."""

    def act(self, schedule: ReportSchedule, by: Any) -> str:
        on = self.request.POST.get("on") == "1"
        switch_schedule(schedule=schedule, on=on, by=by)
        return _("The report is on.") if on else _("The report is off.")


class ScheduleSend(ScheduleAct):
    """Send it now."""

    def act(self, schedule: ReportSchedule, by: Any) -> str:
        send_now(schedule=schedule, by=by)
        return _("The report is being sent.")


class ScheduleDelete(DeleteAtOnce):
    """Delete it."""

    resource, undo = "report_schedule", "report_schedule.delete"
    saved_message = gettext_lazy("The report has been deleted.")

    def remove(self, by: Any) -> Kept | None:
        schedule = self.get_row(ReportSchedule.objects.all(), pk=self.kwargs["pk"])
        return delete_schedule(schedule=schedule, by=by)

    def back_url(self) -> str:
        return reverse("classes:report_schedules")
