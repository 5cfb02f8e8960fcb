"""Each report as a page and as files, narrowed by its address."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from accounts.models import Role, User
from classes.attendance.samples import seen_over
from classes.reports import absences, lists, matrix, school, student
from classes.reports.forms import ReportForm
from classes.reports.sheet import Cell, Sheet
from classes.templatetags.lessons import percent
from console.audit.trail import record
from console.nav import zone_in_words
from console.policy import may, refusal
from console.policy.pages import SchoolPage
from console.sheets.columns import Column, Kind
from console.sheets.csv import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx import xlsx
from console.templatetags.ui import duration, when

TERM_WEEKS = 18


class Report(NamedTuple):
    """`asks` names the fields of its form besides the days; the sheet is built from reader and form.

    `page` builds a page of it, where it may be long.
    """

    title: str | Promise
    build: Callable[[Any, ReportForm], Sheet]
    asks: tuple[str, ...] = ()
    weeks: int = 4
    page: Callable[[Any, ReportForm, HttpRequest], Sheet] | None = None


REPORTS = {
    "school": Report(gettext_lazy("School"), school.school, ("by", "teacher", "course")),
    "course": Report(gettext_lazy("Course"), matrix.course, ("course",), TERM_WEEKS),
    "group": Report(gettext_lazy("Group"), matrix.group, ("group",)),
    "absences": Report(gettext_lazy("Absent in a row"), absences.everybody, ("least",), 8, absences.page),
    "registers": Report(gettext_lazy("Registers to close"), lists.registers, ("teacher",)),
    "teachers": Report(gettext_lazy("Teachers"), lists.teachers),
}


class OfReport(SchoolPage):
    """What the page and the files of a report share."""

    resource, action = "report", "list"
    name = ""

    @property
    def report(self) -> Report:
        return REPORTS[self.name]

    @cached_property
    def form(self) -> ReportForm:
        """Nothing chosen wrongly is left out in silence: its error stands at the field."""
        reader, report = self.request.user, self.report
        form = ReportForm(self.request.GET, reader=reader, asks=report.asks, weeks=report.weeks)
        form.is_valid()
        return form

    @cached_property
    def sheet(self) -> Sheet:
        return self.report.build(self.request.user, self.form)


class ReportPage(OfReport, TemplateView):
    """A report as a table."""

    template_name = "classes/reports/report.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = self.report.page
        sheet = page(self.request.user, self.form, self.request) if page else self.sheet
        return super().get_context_data(
            title=self.report.title,
            tabs=[
                (reverse(f"classes:report_{name}"), one.title, name == self.name)
                for name, one in REPORTS.items()
            ],
            filter_form=self.form,
            stretch=self.form.stretch,
            **drawn(sheet),
            keyset=sheet.keyset,
            files=_files(f"classes:report_{self.name}") if self.may("export") and sheet.rows else (),
            **more,
        )


class ReportFile(OfReport, View):
    """The same as a file; on record."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        told = {"report": self.name, "file": self.suffix, "rows": len(self.sheet.rows)}
        record("report.export", request.user.enterprise, by=None, after=told)
        return as_file(self.sheet, str(self.report.title), self.suffix, request.user.enterprise, self.form)


class OfStudent(SchoolPage):
    """What the page and the files of one student share."""

    resource, action = "person", "view"

    @cached_property
    def person(self) -> User:
        person = self.find(User.objects.select_related("enterprise"), pk=self.kwargs["pk"])
        if person.role != Role.STUDENT:
            raise Http404(_("Only students have marks."))
        return person

    @cached_property
    def form(self) -> ReportForm:
        form = ReportForm(self.request.GET, reader=self.request.user, asks=(), weeks=TERM_WEEKS)
        form.is_valid()
        return form

    @cached_property
    def marks(self) -> list[Any]:
        return student.marks_of(self.request.user, self.person, self.form)


class StudentPage(OfStudent, TemplateView):
    """A student's term."""

    template_name = "classes/reports/student.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        exports = may(self.request.user, "export", "attendance") and self.marks
        return super().get_context_data(
            title=_("Attendance of %(name)s") % {"name": self.person},
            person=self.person,
            filter_form=self.form,
            stretch=self.form.stretch,
            grid=student.grid_of(self.marks),
            share=student.share_of(self.marks),
            samples=seen_over(self.request.user, self.person, self.form.stretch),
            **drawn(student.sheet_of(self.marks)),
            files=_files("classes:report_student", self.person.pk) if exports else (),
            **more,
        )


class StudentFile(OfStudent, View):
    suffix = ".xlsx"

    def require(self) -> None:
        if not may(self.request.user, "export", "attendance"):
            raise PermissionDenied(refusal("export", "attendance"))

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        record(
            "person.attendance", self.person, by=None, after={"file": self.suffix, "rows": len(self.marks)}
        )
        name = f"{self.person.user_id} {self.person.nickname}"
        return as_file(student.sheet_of(self.marks), name, self.suffix, self.person.enterprise, self.form)


def _files(name: str, *args: Any) -> list[tuple[str, str]]:
    return [(reverse(f"{name}_{kind}", args=args), kind) for kind in ("csv", "xlsx")]


def drawn(sheet: Sheet) -> dict[str, Any]:
    """The sheet as words and cells for a table."""
    return {
        "columns": sheet.columns,
        "lines": [(row.get("link", ""), _cells(sheet.columns, row)) for row in sheet.rows],
        "total": _cells(sheet.columns, sheet.total)[1:] if sheet.total else (),
        "note": sheet.note,
        "cut": sheet.cut,
    }


def _cells(columns: Any, row: Mapping[str, Any]) -> list[tuple[Column, Any]]:
    return [(column, shown(row.get(column.key), column.kind)) for column in columns]


def shown(value: Any, kind: Kind) -> Any:
    """A value as people read it; a cell of a grid draws itself."""
    if value is None or isinstance(value, Cell):
        return value or ""
    if kind == Kind.DATETIME:
        return when(value)
    if kind == Kind.DATE:
        return f"{value:%Y-%m-%d}"
    if kind == Kind.SHARE:
        return percent(value)
    if kind == Kind.DURATION:
        return duration(value if isinstance(value, int | float) else value.total_seconds())
    return str(value)


def as_file(sheet: Sheet, title: str, suffix: str, enterprise: Any, form: ReportForm) -> HttpResponseBase:
    """The sheet with its days, its zone and what its shares are of."""
    zone, stretch = enterprise.tz, form.stretch
    days = f"{timezone.localtime(stretch.begins):%Y-%m-%d} – {timezone.localtime(stretch.last):%Y-%m-%d}"
    columns = [
        Column(one.key, f"{one.label} ({zone.key})", one.kind, one.width) if one.kind == Kind.DATE else one
        for one in sheet.columns
    ]
    name = f"{title} {days}{suffix}"
    if suffix == ".csv":
        return attachment(csv_text(sheet.rows, columns, zone=zone), name)
    meta = {
        _("Report"): title,
        _("Days"): days,
        _("Time zone"): f"{zone.key} · {zone_in_words()}",
        _("Shares"): sheet.note,
        _("Written"): timezone.localtime().isoformat(" ", "seconds"),
    }
    return attachment(xlsx(sheet.rows, columns, title, meta, zone=zone), name)
