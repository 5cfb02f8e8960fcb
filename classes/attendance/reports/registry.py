"""The reports of a school, by the name in their addresses."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise

from classes.attendance.reports import absences, charts, group_matrix, lists, school, usage
from classes.attendance.reports.forms import DEFAULT_WEEKS, ReportForm
from classes.attendance.reports.sheet import ReportSheet
from classes.models.report_schedule import REPORT_TITLES
from console.ui.charts import Chart

USAGE_WEEKS = 12


class Report(NamedTuple):
    """A report. `asks` names its form fields besides the days; `build` returns the whole sheet.

    `page` returns one page, for reports that may be long. `charts` draws the sheet,
    `has_total` says that the sheet has a total row. `subject` names the fields of which one must be chosen:
    what the report is about, if not the school. Who may list and export `resource` may have it.
    """

    title: str | Promise
    build: Callable[[Any, Any], ReportSheet]
    asks: tuple[str, ...] = ()
    weeks: int = DEFAULT_WEEKS
    page: Callable[[Any, ReportForm, HttpRequest], ReportSheet] | None = None
    charts: Callable[[Any, ReportForm, ReportSheet], list[Chart]] | None = None
    has_total: bool = False
    form: Callable[..., Any] = ReportForm
    subject: tuple[str, ...] = ()
    resource: str = "report"


REGISTERS_TO_CLOSE, SCHOOL = "registers", "school"
REPORTS = {
    SCHOOL: Report(
        REPORT_TITLES[SCHOOL],
        school.school_report,
        ("by", "teacher", "course", "grade"),
        charts=charts.school_charts,
        has_total=True,
    ),
    "group": Report(
        REPORT_TITLES["group"], group_matrix.group_matrix, ("group",), charts=charts.group_charts
    ),
    "absences": Report(
        REPORT_TITLES["absences"],
        absences.all_absences,
        ("grade", "least"),
        8,
        absences.absences_page,
    ),
    REGISTERS_TO_CLOSE: Report(REPORT_TITLES[REGISTERS_TO_CLOSE], lists.open_registers, ("teacher", "grade")),
    "teachers": Report(REPORT_TITLES["teachers"], lists.teacher_punctuality, charts=charts.teacher_charts),
    "usage": Report(
        REPORT_TITLES["usage"],
        usage.usage_report,
        ("split",),
        USAGE_WEEKS,
        charts=charts.usage_charts,
        has_total=True,
    ),
}
