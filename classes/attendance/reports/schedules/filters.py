"""What a report by e-mail filters by, in the form of the report itself."""

from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from classes.attendance.reports.forms import chosen_filters
from classes.attendance.reports.schedules.reports import MAILED
from classes.models import ReportSchedule

#: Columns of the schedule instead, unless they are the subject of the report.
SUBJECTS = ("group", "grade")


def query_of(report: str, chosen: Any) -> str:
    """Return the query string of the filters that the report knows, of those that a reader chose."""
    asks, subject = MAILED[report].asks, MAILED[report].subject
    names = [name for name in asks if name in subject or name not in SUBJECTS]
    return urlencode({name: chosen[name] for name in names if chosen.get(name)})


def filter_form(schedule: ReportSchedule, **days: str) -> Any:
    """Return the validated form of the report as its recipient would fill it in."""
    data = {**QueryDict(schedule.filters).dict(), "grade": str(schedule.grade_id or ""), **days}
    report = MAILED[schedule.report]
    form = report.form(data, reader=schedule.person, asks=report.asks, weeks=1)
    form.is_valid()
    return form


def filters_exist(schedule: ReportSchedule) -> bool:
    """Return whether there is everything that the report filters by, and what it is about."""
    form, subject = filter_form(schedule), MAILED[schedule.report].subject
    return not form.errors and (not subject or any(form.cleaned_data.get(name) for name in subject))


def subject_of(schedule: ReportSchedule, form: Any) -> str:
    """Return what the report is about; empty for the whole school, a dash if it does not exist any more."""
    subject = MAILED[schedule.report].subject
    found = [schedule.group, schedule.grade, *(form.cleaned_data.get(name) for name in subject)]
    return " · ".join(str(one) for one in found if one) or ("—" if subject else "")


def other_filters(schedule: ReportSchedule, form: Any) -> list[tuple[str, str]]:
    """Return label and value of the filters besides what the report is about."""
    return chosen_filters(form, MAILED[schedule.report].subject)
