"""School report by day or week, from the mark counts of each final lesson."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDay, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade, StudentGroup
from accounts.people.grades.queries import students_of_grade
from classes.attendance.reports.forms import ReportForm, final_lessons_of
from classes.attendance.reports.sheet import DENOMINATOR, ReportSheet, attended_share
from classes.attendance.reports.usage import whole_minutes
from classes.models import Attendance, Mark, MarkCount
from console.policy import scoped
from console.sheets.columns import Column, ColumnType

MARK_NAMES = tuple(Mark.values)


def school_report(reader: Any, form: ReportForm) -> ReportSheet:
    """Return a row per day (or week, dated by its Monday) with lessons, the newest first.

    With a grade, only the marks of its current students count.
    """
    weekly = form.is_weekly
    if form.grade_chosen:
        return grade_report(reader, form, form.grade_chosen)
    trunc = TruncWeek if weekly else TruncDay
    rows = (
        mark_counts(reader, form)
        .annotate(day=trunc("lesson__starts_at", tzinfo=timezone.get_current_timezone()))
        .values("day")
        .annotate(
            lessons=Count("pk"),
            people=Sum("expected"),
            minutes=Sum(whole_minutes("present_seconds")),
            **{name: Sum(F(name)) for name in MARK_NAMES},
        )
        .order_by("-day")
    )
    minutes = Column("minutes", _("Participant minutes"), ColumnType.NUMBER, 12)
    return _sheet_of_days([_day_row(row, weekly) for row in rows], weekly, minutes)


def group_report(reader: Any, form: ReportForm, group: StudentGroup) -> ReportSheet:
    """Return a row per day with the numbers of marks of the current students of a group, without names."""
    return _students_report(reader, form, group.students.values("pk"), False)


def grade_report(reader: Any, form: ReportForm, grade: Grade) -> ReportSheet:
    """Return the same of the current students of a grade, by day or week."""
    return _students_report(reader, form, students_of_grade(grade), form.is_weekly)


def _students_report(
    reader: Any, form: ReportForm, students: QuerySet[Any, Any], weekly: bool
) -> ReportSheet:
    marks = scoped(Attendance.objects.all(), reader, "attendance", "list").exclude(mark="")
    marks = marks.filter(
        expected=True, person__in=students, **final_lessons_of(form.period), **_chosen_lessons(form)
    )
    trunc = TruncWeek if weekly else TruncDay
    rows = (
        marks.annotate(day=trunc("lesson__starts_at", tzinfo=timezone.get_current_timezone()))
        .values("day")
        .annotate(
            lessons=Count("lesson", distinct=True),
            people=Count("pk"),
            **{name: Count("pk", filter=Q(mark=name)) for name in MARK_NAMES},
        )
        .order_by("-day")
    )
    return _sheet_of_days([_group_day(row) for row in rows], weekly)


def _sheet_of_days(days: list[dict[str, Any]], weekly: bool, *more: Column) -> ReportSheet:
    summed = ("lessons", "people", *MARK_NAMES, *(column.key for column in more))
    total = {name: sum(day[name] for day in days) for name in summed}
    columns = (
        Column("day", _("Week of") if weekly else _("Day"), ColumnType.DATE, 14),
        Column("lessons", _("Lessons"), ColumnType.NUMBER, 10),
        Column("people", _("Marks"), ColumnType.NUMBER, 10),
        *(Column(mark.value, mark.label, ColumnType.NUMBER, 12) for mark in Mark),
        Column("share", _("Attendance rate"), ColumnType.SHARE, 12),
        *more,
    )
    shown = {**total, "share": attended_share(total)} if days else {}
    return ReportSheet(columns, days, DENOMINATOR, total=shown)


def mark_counts(reader: Any, form: ReportForm) -> QuerySet[MarkCount]:
    """Return the mark counts of the final lessons that the form chooses and the reader may see."""
    counts = scoped(MarkCount.objects.all(), reader, "tally", "list")
    return counts.filter(**final_lessons_of(form.period), **_chosen_lessons(form))


def _chosen_lessons(form: ReportForm) -> dict[str, Any]:
    chosen = {name: form.cleaned_data.get(name) for name in ("teacher", "course")}
    return {f"lesson__{name}": row for name, row in chosen.items() if row}


def _group_day(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "day": row["day"].date(), "share": attended_share(row)}


def _day_row(row: Mapping[str, Any], weekly: bool) -> dict[str, Any]:
    day = row["day"].date()
    last = day + timedelta(days=6) if weekly else day
    return {
        **row,
        "day": day,
        "share": attended_share(row),
        "link": f"/lessons/?since={day}&until={last}",
    }
