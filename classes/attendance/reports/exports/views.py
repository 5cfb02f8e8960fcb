"""Pages of the scheduled exports: the list with its files, the form, and the acts on one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from classes.attendance.reports.exports import services
from classes.attendance.reports.exports.files import download_file
from classes.attendance.reports.exports.forms import ExportScheduleForm
from classes.attendance.reports.exports.presentation import ScheduleRow, last_rows, run_rows, storage_folder
from classes.models import ExportRun, ExportSchedule
from console.deleted_rows import Kept
from console.policy import scoped
from console.policy.edit_views import DeleteAtOnce, EditView
from console.policy.views import SchoolView, paginate_by_key

RESOURCE = "export_schedule"
#: Seconds between refreshes while a file is being made.
REFRESH_S = 3


class ExportList(SchoolView, TemplateView):
    """The scheduled exports of the school, and the runs of all with their files."""

    resource, action = RESOURCE, "list"
    template_name = "classes/attendance/exports/list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        rows = scoped(ExportSchedule.objects.all(), reader, RESOURCE, "list")
        schedules = list(rows.select_related("owner", "group", "course").prefetch_related("recipients"))
        runs = scoped(ExportRun.objects.select_related("job", "enterprise"), reader, RESOURCE, "list")
        page = paginate_by_key(runs, self.request)
        last = last_rows(schedules)
        lines = run_rows(page.rows)
        school = reader.enterprise
        return super().get_context_data(
            title=_("Scheduled exports"),
            schedules=[ScheduleRow(one, last.get(one.pk)) for one in schedules],
            lines=lines,
            keyset=page,
            live_every=REFRESH_S if any(line.is_open for line in lines) else "",
            folder=storage_folder(school.pk),
            days=school.keep_export_files_days,
            may_add=self.may("add"),
            may_download=self.may("export"),
            **more,
        )


class ExportForm(EditView):
    """Base of the form of a new and of a stored export."""

    resource = RESOURCE
    form_class = ExportScheduleForm
    template_name = "classes/attendance/exports/form.html"

    def back_url(self) -> str:
        return reverse("classes:exports")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"reader": self.request.user, "instance": self.schedule}

    @cached_property
    def schedule(self) -> ExportSchedule:
        """The schedule that the form is about."""
        return ExportSchedule()


class ExportAdd(ExportForm):
    """Set up an export, which belongs to the reader."""

    action = "add"
    saved_message = gettext_lazy("The export has been set up.")

    def save(self, form: Any, by: Any) -> None:
        services.create_schedule(by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New scheduled export"), **more)


class ExportEdit(ExportForm):
    """Change an export, which then belongs to the reader."""

    action = "change"
    saved_message = gettext_lazy("Saved. The export is now made with your rights.")

    @cached_property
    def schedule(self) -> ExportSchedule:
        return self.get_row(ExportSchedule.objects.all(), pk=self.kwargs["pk"])

    def save(self, form: Any, by: Any) -> None:
        services.edit_schedule(schedule=self.schedule, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Edit the scheduled export"), **more)


class ExportDelete(DeleteAtOnce):
    """Delete an export; its files stay until they expire."""

    resource, undo = RESOURCE, "export_schedule.delete"
    saved_message = gettext_lazy("The export has been deleted.")

    def remove(self, by: Any) -> Kept:
        schedule = self.get_row(ExportSchedule.objects.all(), pk=self.kwargs["pk"])
        return services.delete_schedule(schedule=schedule, by=by)

    def back_url(self) -> str:
        return reverse("classes:exports")


class ExportAct(SchoolView, View):
    """Base of the acts on one export."""

    resource, action = RESOURCE, "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        schedule = self.get_row(ExportSchedule.objects.all(), pk=pk)
        try:
            self.success(self.act(schedule, request.user))
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        return redirect("classes:exports")

    def act(self, schedule: ExportSchedule, by: Any) -> str:
        """Do it, and return the sentence that says so."""
        raise NotImplementedError


class ExportSwitch(ExportAct):
    """Pause or resume; `on` is the state that the reader wants."""

    def act(self, schedule: ExportSchedule, by: Any) -> str:
        on = self.request.POST.get("on") == "1"
        services.switch_schedule(schedule=schedule, on=on, by=by)
        return _("The export is resumed.") if on else _("The export is paused.")


class ExportRunNow(ExportAct):
    """Make the file now."""

    def act(self, schedule: ExportSchedule, by: Any) -> str:
        services.run_now(schedule=schedule, by=by)
        return _("The file is being made.")


class ExportFile(SchoolView, View):
    """Download the file of a run. The reader must be allowed to export what it holds."""

    resource, action = RESOURCE, "export"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.get_row(ExportRun.objects.select_related("enterprise"), pk=pk)
        return download_file(run, by=request.user)
