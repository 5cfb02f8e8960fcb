"""One student over a term: a grid of weeks and days, and the list behind it."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.attendance.sentence import sentence
from classes.models import Attendance
from classes.reports.forms import ReportForm
from classes.reports.sheet import DENOMINATOR, Cell, Sheet, cell_of, counted, share
from console.policy import scoped
from console.sheets.columns import Column, Kind

MOST = 1000


class Square(NamedTuple):
    """A lesson in the grid."""

    lesson: int
    topic: str
    cell: Cell


class Week(NamedTuple):
    """`monday` and, for each of its seven days, the lessons of that day."""

    monday: date
    days: list[list[Square]]


def marks_of(reader: Any, person: User, form: ReportForm) -> list[Attendance]:
    """The marks of a student that the reader may see, in the days chosen, the newest first."""
    stretch = form.stretch
    marks = scoped(Attendance.objects.all(), reader, "attendance", "list").filter(
        person=person,
        expected=True,
        lesson__starts_at__gte=stretch.begins,
        lesson__starts_at__lt=stretch.ends,
        lesson__cancelled_at=None,
    )
    told = marks.exclude(mark="").select_related("lesson__enterprise")
    return list(told.order_by("-lesson__starts_at", "-lesson")[:MOST])


def grid_of(marks: list[Attendance]) -> list[Week]:
    """The weeks that have a lesson, the first one on top."""
    weeks: dict[date, list[list[Square]]] = {}
    for mark in reversed(marks):
        day = timezone.localtime(mark.lesson.starts_at).date()
        monday = day - timedelta(days=day.weekday())
        week = weeks.setdefault(monday, [[] for _ in range(7)])
        week[day.weekday()].append(Square(mark.lesson_id, mark.lesson.topic, cell_of(mark.mark)))
    return [Week(monday, days) for monday, days in weeks.items()]


def sheet_of(marks: list[Attendance]) -> Sheet:
    """A row a lesson, with the reason of its mark."""
    columns = (
        Column("topic", _("Lesson"), width=30),
        Column("number", _("Number"), Kind.ID, 12),
        Column("starts_at", _("Start"), Kind.DATETIME, 22),
        Column("mark", _("Mark"), width=14),
        Column("first_entered_at", _("First in"), Kind.DATETIME, 22),
        Column("last_left_at", _("Last out"), Kind.DATETIME, 22),
        Column("present_seconds", _("Time present"), Kind.DURATION, 14),
        Column("share", _("Share of the lesson"), Kind.SHARE, 14),
        Column("why", _("Why"), width=80),
    )
    return Sheet(columns, [_line(one) for one in marks], DENOMINATOR)


def _line(mark: Attendance) -> dict[str, Any]:
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
        "why": sentence(mark.mark, mark.reason, mark.lesson.enterprise.tz),
    }


def share_of(marks: list[Attendance]) -> Any:
    return share(counted(one.mark for one in marks))
