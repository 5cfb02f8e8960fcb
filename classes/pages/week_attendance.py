"""Attendance of this week against the last one, from the mark counts of final lessons."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Sum
from django.db.models.functions import TruncDay
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from classes.attendance.reports.forms import ReportPeriod, final_lessons_of
from classes.attendance.reports.sheet import ATTENDED_MARKS, DENOMINATOR, attended_share
from classes.models import Mark, MarkCount
from console.policy import may, scoped
from console.ui.charts import ChartBar, grouped_bars
from console.ui.template_tags import percent

DAYS_OF_WEEK = 7
COUNTED_MARKS = (*ATTENDED_MARKS, Mark.ABSENT)


class WeekCell(NamedTuple):
    """A share as text, empty if no mark counts, and the report that counts it."""

    share: str
    url: str


class WeekRow(NamedTuple):
    """A week; `total` is the share of the whole week. `series` is the number of its bars in the chart."""

    label: str | Promise
    series: int
    total: WeekCell
    days: list[WeekCell]


class WeekAttendance(NamedTuple):
    """`days` are the names of the columns, `note` is the definition of the share."""

    days: list[str]
    rows: list[WeekRow]
    bars: list[ChartBar]
    note: str | Promise = DENOMINATOR


def week_attendance(reader: Any) -> WeekAttendance | None:
    """Return both weeks in one query; None for who sees no reports, and without a final mark."""
    if not may(reader, "list", "report"):
        return None
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    last_monday = monday - timedelta(days=DAYS_OF_WEEK)
    counts = _counts_by_day(reader, last_monday, monday + timedelta(days=DAYS_OF_WEEK))
    if not any(attended_share(numbers) is not None for numbers in counts.values()):
        return None
    weeks = [[start + timedelta(days=n) for n in range(DAYS_OF_WEEK)] for start in (last_monday, monday)]
    labels = (_("Last week"), _("This week"))
    shares = [[attended_share(counts.get(day, {})) for day in week] for week in weeks]
    return WeekAttendance(
        [date_format(day, "D") for day in weeks[0]],
        [_week_row(labels[n], n, weeks[n], counts) for n in (1, 0)],
        grouped_bars(list(zip(*shares, strict=True))),
    )


def _counts_by_day(reader: Any, first: date, after: date) -> dict[date, Mapping[str, int]]:
    """Return the numbers of the marks that count, by the local day of their lessons."""
    begins, ends = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, after))
    lessons = final_lessons_of(ReportPeriod(begins, ends))
    rows = scoped(MarkCount.objects.all(), reader, "tally", "list").filter(**lessons)
    zone = timezone.get_current_timezone()
    days = rows.annotate(day=TruncDay("lesson__starts_at", tzinfo=zone)).values("day").order_by()
    summed = days.annotate(**{mark: Sum(mark) for mark in COUNTED_MARKS})
    return {row.pop("day").date(): row for row in map(dict[str, Any], summed)}


def _week_row(
    label: str | Promise, series: int, week: list[date], counts: Mapping[date, Mapping[str, int]]
) -> WeekRow:
    total = {mark.value: sum(counts.get(day, {}).get(mark, 0) for day in week) for mark in COUNTED_MARKS}
    days = [_cell(counts.get(day, {}), day, day) for day in week]
    return WeekRow(label, series, _cell(total, week[0], week[-1]), days)


def _cell(numbers: Mapping[str, int], first: date, last: date) -> WeekCell:
    by = "week" if last > first else "day"
    query = urlencode({"since": first.isoformat(), "until": last.isoformat(), "by": by})
    return WeekCell(percent(attended_share(numbers)), f"{reverse('classes:report_school')}?{query}")
