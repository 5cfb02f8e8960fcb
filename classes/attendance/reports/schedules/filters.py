"""What a report by e-mail filters by, in the form of the report itself."""

from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from classes.attendance.reports.forms import ReportForm
from classes.attendance.reports.registry import REPORTS
from classes.models import ReportSchedule

#: Columns of the schedule instead.
SUBJECTS = ("group", "grade")


def query_of(report: str, chosen: Any) -> str:
    """Return the query string of the filters that the report knows, of those that a reader chose."""
    names = [name for name in REPORTS[report].asks if name not in SUBJECTS]
    return urlencode({name: chosen[name] for name in names if chosen.get(name)})


def filter_form(schedule: ReportSchedule, **days: str) -> ReportForm:
    """Return the validated form of the report as its recipient would fill it in."""
    data = {**QueryDict(schedule.filters).dict(), "grade": str(schedule.grade_id or ""), **days}
    asks = REPORTS[schedule.report].asks
    form = ReportForm(data, reader=schedule.person, asks=asks, weeks=1)
    form.is_valid()
    return form


def report_name(schedule: ReportSchedule) -> str:
    """Return the name of the report in the active language."""
    return str(REPORTS["group" if schedule.group_id else schedule.report].title)
