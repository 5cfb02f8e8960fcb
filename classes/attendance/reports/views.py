"""Views of the reports: pages and files."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.models import Role, User
from classes.attendance.codes.codebook import codes_of_rows
from classes.attendance.engagement import period_engagement
from classes.attendance.reports import charts, student, usage
from classes.attendance.reports.files import report_file
from classes.attendance.reports.forms import ReportForm
from classes.attendance.reports.quick_ranges import quick_ranges
from classes.attendance.reports.registry import REGISTERS_TO_CLOSE, REPORTS, SCHOOL, Report
from classes.attendance.reports.sheet import ReportSheet, format_value
from console.audit.trail import record
from console.policy import Scope, may, refusal_message, scope_of
from console.policy.views import SchoolView
from console.sheets.columns import Column

TERM_WEEKS = 18
#: Seconds between refreshes of the registers to close.
REGISTERS_REFRESH_S = 30


class FileLink(NamedTuple):
    """The address of a register's Excel file, in a cell of a table."""

    url: str


class ReportBase(SchoolView):
    """Base of the page and the files of a report."""

    resource, action = "report", "list"
    name = ""
    reads_replica = True

    @property
    def report(self) -> Report:
        return REPORTS[self.name]

    @property
    def asks(self) -> tuple[str, ...]:
        """The fields of the filter form besides the days."""
        return self.report.asks

    @cached_property
    def form(self) -> ReportForm:
        """The validated filter form; errors are shown at its fields."""
        reader, report = self.request.user, self.report
        form = ReportForm(self.request.GET, reader=reader, asks=self.asks, weeks=report.weeks)
        form.is_valid()
        return form

    @cached_property
    def sheet(self) -> ReportSheet:
        return self.report.build(self.request.user, self.form)


class ReportPage(ReportBase, TemplateView):
    """A report as a table."""

    template_name = "classes/attendance/reports/report.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = self.report.page
        exports = may(self.request.user, "export", "report")
        sheet = page(self.request.user, self.form, self.request) if page else self.sheet
        return super().get_context_data(
            title=self.report.title,
            tabs=[
                (reverse(f"classes:report_{name}"), one.title, name == self.name)
                for name, one in REPORTS.items()
                if name != REGISTERS_TO_CLOSE and self.name != REGISTERS_TO_CLOSE
            ],
            filter_form=self.form,
            mail_report=self.name,
            period=self.form.period,
            ranges=quick_ranges(self.request.user, self.form.period),
            **table_context(sheet),
            charts=self.report.charts(self.request.user, self.form, sheet)
            if self.report.charts and sheet.rows
            else (),
            keyset=sheet.keyset,
            files=_file_links(f"classes:report_{self.name}") if exports and sheet.rows else (),
            **more,
        )


class SchoolReportPage(ReportPage):
    """The school report; by day the page of the map of groups is loaded into it."""

    name = SCHOOL
    template_name = "classes/attendance/reports/school.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        address = f"{reverse('classes:report_groups')}?{self.request.GET.urlencode()}"
        return super().get_context_data(map_address="" if self.form.is_weekly else address, **more)


class GroupMapPage(ReportBase, TemplateView):
    """The map of groups by day, for the days, teacher and course of the school report."""

    name = SCHOOL
    template_name = "classes/attendance/reports/group_map.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chart = charts.group_map(self.request.user, self.form)
        return super().get_context_data(
            title=charts.GROUP_MAP_TITLE,
            filter_form=self.form,
            mail_report=self.name,
            period=self.form.period,
            back=f"{reverse('classes:report_school')}?{self.request.GET.urlencode()}",
            charts=[chart] if chart else [],
            **more,
        )


class OpenRegistersPage(ReportPage):
    """The report of open registers, a tab of its own in the menu. Teachers see those of their lessons."""

    resource = "register"
    name = REGISTERS_TO_CLOSE
    template_name = "classes/attendance/reports/registers.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Add the file of each register, so that it is exported without opening the lesson."""
        context = super().get_context_data(live_every=REGISTERS_REFRESH_S, **more)
        numbers = [row["number"] for row in self.sheet.rows]
        columns, lines = context["columns"], context["lines"]
        if may(self.request.user, "export", "attendance"):
            column = Column("file", _("File"))
            files = [FileLink(reverse("classes:attendance_xlsx", args=[number])) for number in numbers]
            columns = [*columns, column]
            lines = [
                (link, [*cells, (column, file)]) for (link, cells), file in zip(lines, files, strict=True)
            ]
        return context | {
            "columns": columns,
            "registers": [(number, *line) for number, line in zip(numbers, lines, strict=True)],
            "may_close": may(self.request.user, "close", "attendance"),
        }

    @property
    def asks(self) -> tuple[str, ...]:
        return () if scope_of(self.request.user, "list", "register") == Scope.OWN else self.report.asks


class UsagePage(ReportPage):
    """The report of usage, below what is used of the included minutes."""

    name = "usage"
    template_name = "classes/attendance/reports/usage.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        return super().get_context_data(
            use=usage.licence_use(reader), may_change=may(reader, "change", "school"), **more
        )


class ReportFile(ReportBase, View):
    """Download a report as a file and record the export."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        values = {"report": self.name, "file": self.suffix, "rows": len(self.sheet.rows)}
        record("report.export", request.user.enterprise, by=None, after=values)
        return report_file(
            self.sheet, str(self.report.title), self.suffix, request.user.enterprise, self.form
        )


class StudentReportBase(SchoolView):
    """Base of the page and the files of one student."""

    resource, action = "person", "view"
    reads_replica = True

    @cached_property
    def person(self) -> User:
        person = self.get_row(User.objects.select_related("enterprise"), pk=self.kwargs["pk"])
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
        """The marks that are shown or exported."""
        raise NotImplementedError

    @property
    def codes(self) -> list[Any]:
        return codes_of_rows(self.person.enterprise, self.marks)


class StudentPage(StudentReportBase, TemplateView):
    """The report of one student."""

    template_name = "classes/attendance/reports/student.html"

    @cached_property
    def found(self) -> list[Any]:
        """The marks of the period, and one more than the page shows at most."""
        marks = student.student_marks(self.request.user, self.person, self.form)
        return list(marks[: student.MAX_ROWS + 1])

    @cached_property
    def marks(self) -> list[Any]:
        return self.found[: student.MAX_ROWS]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        exports = self.marks and student.may_export_marks(self.request.user, self.person, self.form)
        return super().get_context_data(
            title=_("Attendance of %(name)s") % {"name": self.person},
            person=self.person,
            filter_form=self.form,
            period=self.form.period,
            may_ask_leave=self.person.pk == self.request.user.pk and may(self.request.user, "add", "leave"),
            ranges=quick_ranges(self.request.user, self.form.period),
            grid=student.week_grid(self.marks),
            share=student.student_share(self.marks),
            charts=charts.student_charts(self.marks),
            samples=period_engagement(self.request.user, self.person, self.form.period),
            **table_context(student.student_sheet(self.marks, self.codes))
            | {"cut": len(self.found) > student.MAX_ROWS},
            files=_file_links("classes:report_student", self.person.pk) if exports else (),
            **more,
        )


class StudentFile(StudentReportBase, View):
    """Download the marks that the reader may export: of a student in charge, those of the own lessons."""

    suffix = ".xlsx"

    @cached_property
    def marks(self) -> list[Any]:
        return list(student.student_marks(self.request.user, self.person, self.form, "export"))

    def require(self) -> None:
        if not may(self.request.user, "export", "attendance"):
            raise PermissionDenied(refusal_message(self.request.user, "export", "attendance"))

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        record(
            "person.attendance", self.person, by=None, after={"file": self.suffix, "rows": len(self.marks)}
        )
        name = f"{self.person.user_id} {self.person.nickname}"
        return report_file(
            student.student_sheet(self.marks, self.codes, names=True),
            name,
            self.suffix,
            self.person.enterprise,
            self.form,
        )


def _file_links(name: str, *args: Any) -> list[tuple[str, str]]:
    return [(reverse(f"{name}_{kind}", args=args), kind) for kind in ("csv", "xlsx")]


def table_context(sheet: ReportSheet) -> dict[str, Any]:
    """Return the template context of a sheet."""
    return {
        "columns": sheet.columns,
        "lines": [(row.get("link", ""), _cells(sheet.columns, row)) for row in sheet.rows],
        "total": _cells(sheet.columns, sheet.total)[1:] if sheet.total else (),
        "note": sheet.note,
        "cut": sheet.cut,
    }


def _cells(columns: Any, row: Mapping[str, Any]) -> list[tuple[Column, Any]]:
    return [(column, format_value(row.get(column.key), column.kind)) for column in columns]
