"""Report of one student: a grid of weeks and days, and the list of marks."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from classes.attendance.explanation import explain_mark
from classes.attendance.reports.forms import ReportForm, final_lessons_of
from classes.attendance.reports.sheet import (
    DENOMINATOR,
    MarkCell,
    ReportSheet,
    attended_share,
    code_cell,
    count_marks,
    mark_cell,
)
from classes.models import Attendance, AttendanceCode
from console.policy import scoped
from console.sheets.columns import Column, ColumnType

#: Most marks that the page shows.
MAX_ROWS = 1000


class LessonCell(NamedTuple):
    """A lesson in the grid; `mark` is the key of the student's mark in it."""

    mark: int
    topic: str
    cell: MarkCell


class Week(NamedTuple):
    """The lessons of a week, for each of its seven days from `monday`."""

    monday: date
    days: list[list[LessonCell]]


def student_marks(reader: Any, person: User, form: ReportForm, action: str = "list") -> QuerySet[Attendance]:
    """Return the final marks of a student in the period that the reader may list or export, newest first."""
    marked = _final_marks(reader, person, form, action).select_related("lesson__enterprise")
    return marked.order_by("-lesson__starts_at", "-lesson")


def may_export_marks(reader: Any, person: User, form: ReportForm) -> bool:
    """Return whether a file would have a row: who is in charge sees marks that they may not export."""
    return _final_marks(reader, person, form, "export").exists()


def _final_marks(reader: Any, person: User, form: ReportForm, action: str) -> QuerySet[Attendance]:
    marks = scoped(Attendance.objects.all(), reader, "attendance", action)
    return marks.filter(person=person, expected=True, **final_lessons_of(form.period)).exclude(mark="")


def week_grid(marks: list[Attendance]) -> list[Week]:
    """Return the weeks that have a lesson, in order."""
    weeks: dict[date, list[list[LessonCell]]] = {}
    for mark in reversed(marks):
        day = timezone.localtime(mark.lesson.starts_at).date()
        monday = day - timedelta(days=day.weekday())
        week = weeks.setdefault(monday, [[] for _ in range(7)])
        week[day.weekday()].append(LessonCell(mark.pk, mark.lesson.topic, mark_cell(mark.mark)))
    return [Week(monday, days) for monday, days in weeks.items()]


def student_sheet(
    marks: list[Attendance], codes: Sequence[AttendanceCode | None], names: bool = False
) -> ReportSheet:
    """Return a sheet with one row per lesson and the reason of its mark.

    Where a mark has a code of the school there is a column for it, with `names` one for its name, too.
    """
    own = [
        Column("own_code", pgettext_lazy("attendance", "Code"), ColumnType.ID, 8),
        Column("own_code_name", _("Name of the code"), width=20),
    ]
    columns = (
        Column("topic", _("Lesson"), width=30),
        Column("number", _("Number"), ColumnType.ID, 12),
        Column("starts_at", _("Start"), ColumnType.DATETIME, 22),
        Column("mark", _("Mark"), width=14),
        *(own[: 1 + names] if any(codes) else ()),
        Column("first_entered_at", _("First joined"), ColumnType.DATETIME, 22),
        Column("last_left_at", _("Last left"), ColumnType.DATETIME, 22),
        Column("present_seconds", _("Time present"), ColumnType.DURATION, 14),
        Column("share", _("Share of the lesson"), ColumnType.SHARE, 14),
        Column("why", _("Reason"), width=80),
    )
    rows = [_mark_row(one, code) for one, code in zip(marks, codes, strict=True)]
    return ReportSheet(columns, rows, DENOMINATOR)


def _mark_row(mark: Attendance, code: AttendanceCode | None) -> dict[str, Any]:
    return {
        "topic": mark.lesson.topic,
        "number": str(mark.lesson_id),
        "starts_at": mark.lesson.starts_at,
        "mark": str(mark.get_mark_display()),
        "own_code": code_cell(code, mark.mark) if code else "",
        "own_code_name": code.name if code else "",
        "first_entered_at": mark.first_entered_at,
        "last_left_at": mark.last_left_at,
        "present_seconds": mark.present_seconds,
        "share": mark.share,
        "link": reverse("classes:attendance_row", args=[mark.pk]),
        "why": explain_mark(mark.mark, mark.reason, mark.lesson.enterprise.tz),
    }


def student_share(marks: list[Attendance]) -> Any:
    return attended_share(count_marks(one.mark for one in marks))
