"""Charts of the reports: they draw the rows of the sheet, without a query.

Only the map of groups has a query of its own, on a page of its own that the school report loads after itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncDay
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.reports.forms import ReportForm
from classes.attendance.reports.lists import ON_TIME_TOLERANCE
from classes.attendance.reports.school import mark_counts
from classes.attendance.reports.sheet import (
    ATTENDED_MARKS,
    MarkCell,
    ReportSheet,
    attended_share,
    count_marks,
    sum_counts,
)
from classes.models import Attendance, Mark
from console.ui.charts import Chart, ChartSeries, dot_chart, heat_map, line_chart, stacked_chart
from console.ui.template_tags import percent

Counts = Sequence[tuple[date, Mapping[str, int]]]
SERIES = [ChartSeries(mark.value, mark.label) for mark in Mark]
#: A longer report by day is drawn by week.
MOST_DAYS = 62
GROUP_MAP_TITLE = _("Attendance rate by group and day")
#: Largest map of groups, and most teachers with a row of dots.
MAP_DAYS, MOST_GROUPS, MOST_TEACHERS = 28, 40, 60
#: Scale of the teachers' dots, in minutes after the planned start.
DELAY_SCALE = ((-10, "−10"), (0, "0"), (10, "10"), (20, "20"), (30, "30"))


def school_charts(reader: Any, form: ReportForm, sheet: ReportSheet) -> list[Chart]:
    """Return rate, marks and participant minutes over time; the minutes are not known by grade."""
    by_day = [(row["day"], row) for row in reversed(sheet.rows)]
    if form.grade_chosen:
        return _rate_and_marks(by_day, form.is_weekly)
    minutes = [(label, {"minutes": numbers["minutes"]}) for label, numbers in _labelled(_by_week(by_day))]
    return [
        *_rate_and_marks(by_day, form.is_weekly),
        stacked_chart(
            "minutes",
            _("Participant minutes per week"),
            _("Week of"),
            [ChartSeries("minutes", _("Participant minutes"))],
            minutes,
            _("The time that everybody was in the classroom, staff and guests included."),
        ),
    ]


def group_map(reader: Any, form: ReportForm) -> Chart | None:
    """Return the rate of each group and day of the last weeks of the period; None without a group."""
    zone, last = timezone.get_current_timezone(), form.period.ends
    counts = mark_counts(reader, form).filter(
        lesson__starts_at__gte=last - timedelta(days=MAP_DAYS), **_groups_drawn(form)
    )
    rows = (
        counts.annotate(day=TruncDay("lesson__starts_at", tzinfo=zone))
        .values("day", "lesson__groups", "lesson__groups__name")
        .order_by("lesson__groups__name", "lesson__groups")
        .annotate(**{mark.value: Sum(mark.value) for mark in (*ATTENDED_MARKS, Mark.ABSENT)})
    )
    names: dict[str, str] = {}
    shares = {}
    for row in map(dict[str, Any], rows):
        group, day = str(row["lesson__groups"]), row["day"].date()
        names[group] = row["lesson__groups__name"]
        shares[group, f"{day}"] = attended_share(row)
    if not names:
        return None
    note: str | Promise = _(
        "Attendance rate in per cent: framed below 75, underlined below 90. The last four weeks of the "
        "period. A lesson of several groups counts for each of them."
    )
    if len(names) > MOST_GROUPS:
        cut = _("The first %(n)d of %(total)d groups. The report “Group” has the numbers of each of them.")
        note = _with_cut(note, cut, MOST_GROUPS, len(names))
    drawn = dict(list(names.items())[:MOST_GROUPS])
    columns = [(day, day[5:]) for day in sorted({day for group, day in shares if group in drawn})]
    return heat_map("groups", GROUP_MAP_TITLE, list(drawn.items()), columns, shares, percent, note)


def _groups_drawn(form: ReportForm) -> dict[str, Any]:
    grade = form.grade_chosen
    return {"lesson__groups__grade": grade} if grade else {"lesson__groups__isnull": False}


def group_charts(reader: Any, form: ReportForm, sheet: ReportSheet) -> list[Chart]:
    """Return rate and marks per day of a group."""
    lessons = [column for column in sheet.columns if column.key.isdecimal()]
    days = []
    for day, columns in groupby(lessons, key=lambda column: str(column.label).split()[0]):
        keys = [column.key for column in columns]
        cells = (row[key] for row in sheet.rows for key in keys)
        days.append((day, count_marks(cell.mark for cell in cells if isinstance(cell, MarkCell))))
    return [_rate_chart(days, _("Day")), _marks_chart(days, _("Day"), _("Marks per day"))]


def lesson_charts(lessons: Iterable[tuple[datetime, Mapping[str, int]]]) -> list[Chart]:
    """Return rate and marks over time of final lessons, the oldest first, each with its counts by mark."""
    days = [
        (day, sum_counts(numbers for _at, numbers in some))
        for day, some in groupby(lessons, key=lambda one: timezone.localtime(one[0]).date())
    ]
    return _rate_and_marks(days, weekly=False) if days else []


def teacher_charts(reader: Any, form: ReportForm, sheet: ReportSheet) -> list[Chart]:
    """Return a row for each teacher who was seen, with dots: minutes after the planned start."""
    items: list[tuple[str, list[float], tuple[str, ...]]] = []
    for row in sheet.rows:
        minutes = sorted(delay.total_seconds() / 60 for delay in row["delays"])
        if minutes:
            late = sum(delay > ON_TIME_TOLERANCE for delay in row["delays"])
            middle, last = (f"{number:.0f}" for number in (median(minutes), minutes[-1]))
            items.append((row["teacher__nickname"], minutes, (str(len(minutes)), str(late), middle, last)))
    head = (_("Teacher"), _("Lessons"), _("Late"), _("Median (minutes)"), _("Latest (minutes)"))
    note: str | Promise = _(
        "A dot is one or several lessons. Left of 0 the teacher was in the room before the planned start."
    )
    if len(items) > MOST_TEACHERS:
        cut = _("The first %(n)d of %(total)d teachers. The table and the Excel file have all of them.")
        note = _with_cut(note, cut, MOST_TEACHERS, len(items))
    title = _("Minutes after the planned start")
    shown = items[:MOST_TEACHERS]
    return [dot_chart("punctuality", title, head, shown, DELAY_SCALE, note)] if items else []


def usage_charts(reader: Any, form: ReportForm, sheet: ReportSheet) -> list[Chart]:
    """Return participant and recorded minutes per week; nothing by course, whose table is in order."""
    if form.cleaned_data.get("split") == "course":
        return []
    weeks = _labelled([(row["name"], row) for row in reversed(sheet.rows)])
    return [
        stacked_chart(name, title, _("Week of"), [ChartSeries(name, title)], weeks)
        for name, title in (("minutes", _("Participant minutes")), ("recorded", _("Recorded minutes")))
    ]


def student_charts(marks: Iterable[Attendance]) -> list[Chart]:
    """Return the rate of a student by week; marks have the newest first."""
    days = [(timezone.localtime(mark.lesson.starts_at).date(), mark.mark) for mark in marks]
    weeks = [
        (f"{monday:%m-%d}", count_marks(mark for _day, mark in group))
        for monday, group in groupby(reversed(days), key=lambda one: _monday(one[0]))
    ]
    return [_rate_chart(weeks, _("Week of"))] if weeks else []


def _rate_and_marks(days: Counts, weekly: bool) -> list[Chart]:
    if weekly or len(days) > MOST_DAYS:
        weeks = _labelled(_by_week(days))
        return [_rate_chart(weeks, _("Week of")), _marks_chart(weeks, _("Week of"), _("Marks per week"))]
    labelled = _labelled(days)
    return [_rate_chart(labelled, _("Day")), _marks_chart(labelled, _("Day"), _("Marks per day"))]


def _rate_chart(items: Sequence[tuple[str, Mapping[str, int]]], when: str | Promise) -> Chart:
    shares = [(label, attended_share(numbers)) for label, numbers in items]
    return line_chart("rate", _("Attendance rate"), (when, _("Attendance rate")), shares, percent)


def _marks_chart(
    items: Sequence[tuple[str, Mapping[str, int]]], when: str | Promise, title: str | Promise
) -> Chart:
    return stacked_chart("marks", title, when, SERIES, items)


def _by_week(days: Counts) -> Counts:
    names = (*Mark.values, "minutes")
    weeks = []
    for monday, group in groupby(days, key=lambda one: _monday(one[0])):
        rows = [numbers for _day, numbers in group]
        weeks.append((monday, {name: sum(row.get(name, 0) for row in rows) for name in names}))
    return weeks


def _labelled(days: Counts) -> list[tuple[str, Mapping[str, int]]]:
    return [(f"{day:%m-%d}", numbers) for day, numbers in days]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _with_cut(note: str | Promise, cut: str | Promise, n: int, total: int) -> str:
    """Return the note of a chart, after the sentence that says how much of the whole is drawn."""
    return f"{cut % {'n': n, 'total': total}} {note}"
