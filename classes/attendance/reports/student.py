"""Report of one student: a grid of weeks and days, and the list of marks."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.attendance.explanation import explain_mark
from classes.attendance.reports.forms import ReportForm, final_lessons_of
from classes.attendance.reports.sheet import (
    DENOMINATOR,
    MarkCell,
    ReportSheet,
    attended_share,
    count_marks,
    mark_cell,
)
from classes.models import Attendance
from console.policy import scoped
from console.sheets.columns import Column, ColumnType

MAX_ROWS = 1000


class LessonCell(NamedTuple):
    """A lesson in the grid."""

    lesson: int
    topic: str
    cell: MarkCell


class Week(NamedTuple):
    """The lessons of a week, for each of its seven days from `monday`."""

    monday: date
    days: list[list[LessonCell]]


def student_marks(reader: Any, person: User, form: ReportForm) -> list[Attendance]:
    """Return the final marks of a student in the period that the reader may see, the newest first."""
    marks = scoped(Attendance.objects.all(), reader, "attendance", "list").filter(
        person=person, expected=True, **final_lessons_of(form.period)
    )
    marked = marks.exclude(mark="").select_related("lesson__enterprise")
    return list(marked.order_by("-lesson__starts_at", "-lesson")[:MAX_ROWS])


def week_grid(marks: list[Attendance]) -> list[Week]:
    """Return the weeks that have a lesson, in order."""
    weeks: dict[date, list[list[LessonCell]]] = {}
    for mark in reversed(marks):
        day = timezone.localtime(mark.lesson.starts_at).date()
        monday = day - timedelta(days=day.weekday())
        week = weeks.setdefault(monday, [[] for _ in range(7)])
        week[day.weekday()].append(LessonCell(mark.lesson_id, mark.lesson.topic, mark_cell(mark.mark)))
    return [Week(monday, days) for monday, days in weeks.items()]


def student_sheet(marks: list[Attendance]) -> ReportSheet:
    """Return a sheet with one row per lesson and the reason of its mark."""
    columns = (
        Column("topic", _("Lesson"), width=30),
        Column("number", _("Number"), ColumnType.ID, 12),
        Column("starts_at", _("Start"), ColumnType.DATETIME, 22),
        Column("mark", _("Mark"), width=14),
        Column("first_entered_at", _("First joined"), ColumnType.DATETIME, 22),
        Column("last_left_at", _("Last left"), ColumnType.DATETIME, 22),
        Column("present_seconds", _("Time present"), ColumnType.DURATION, 14),
        Column("share", _("Share of the lesson"), ColumnType.SHARE, 14),
        Column("why", _("Reason"), width=80),
    )
    return ReportSheet(columns, [_mark_row(one) for one in marks], DENOMINATOR)


def _mark_row(mark: Attendance) -> dict[str, Any]:
    return {
        "topic": mark.lesson.topic,
        "number": str(mark.lesson_id),
        "starts_at": mark.lesson.starts_at,
        "mark": str(mark.get_mark_display()),
        "first_entered_at": mark.first_entered_at,
        "last_left_at": mark.last_left_at,
        "present_seconds": mark.present_seconds,
        "share": mark.share,
        "link": reverse("classes:attendance_row", args=[mark.pk]),
        "why": explain_mark(mark.mark, mark.reason, mark.lesson.enterprise.tz),
    }


def student_share(marks: list[Attendance]) -> Any:
    return attended_share(count_marks(one.mark for one in marks))
