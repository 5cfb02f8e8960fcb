"""Report of a group: its students × all of their lessons, with attended shares.

The attendance matrix of a group (`lesson_matrix`) has only the lessons with the group.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.attendance.reports.forms import ReportForm, final_lessons_of
from classes.attendance.reports.sheet import DENOMINATOR, ReportSheet, attended_share, count_marks, mark_cell
from classes.models import Attendance, Lesson
from console.policy import scoped
from console.sheets.columns import Column, ColumnType

#: Largest number of columns (lessons) and rows (students).
MOST_LESSONS, MOST_PEOPLE = 60, 1000


def group_matrix(reader: Any, form: ReportForm) -> ReportSheet:
    """Return the matrix of the current students of a group."""
    chosen = form.cleaned_data.get("group")
    if chosen is None:
        return ReportSheet((), (), _("Choose a group."))
    return _matrix(reader, form, Attendance.objects.filter(person__in=chosen.students.values("pk")))


def _matrix(reader: Any, form: ReportForm, marks: QuerySet[Attendance]) -> ReportSheet:
    marks = scoped(marks, reader, "attendance", "list").exclude(mark="")
    marks = marks.filter(expected=True, person__isnull=False, **final_lessons_of(form.period))
    held = Lesson.objects.filter(pk__in=marks.order_by().values("lesson")).order_by("-starts_at", "-pk")
    lessons = list(held[: MOST_LESSONS + 1])
    shown = sorted(lessons[:MOST_LESSONS], key=lambda one: (one.starts_at, one.pk))
    grid: dict[int, dict[int, str]] = {}
    for person, lesson, mark in marks.filter(lesson__in=shown).values_list("person", "lesson", "mark"):
        grid.setdefault(person, {})[lesson] = mark
    people = User.objects.filter(pk__in=list(grid)[:MOST_PEOPLE]).order_by("sort_name", "user_id")
    columns = (
        Column("nickname", _("Name"), width=18),
        Column("user_id", _("User ID"), ColumnType.ID, 16),
        *(Column(str(one.pk), _heading(one), width=8) for one in shown),
        Column("share", _("Attendance rate"), ColumnType.SHARE, 12),
    )
    cut = len(lessons) > MOST_LESSONS or len(grid) > MOST_PEOPLE
    return ReportSheet(columns, [_person_row(one, grid[one.pk], shown) for one in people], DENOMINATOR, cut)


def _heading(lesson: Lesson) -> str:
    return f"{timezone.localtime(lesson.starts_at):%m-%d %H:%M}"


def _person_row(person: User, marks: dict[int, str], lessons: Iterable[Lesson]) -> dict[str, Any]:
    cells = {str(one.pk): mark_cell(marks[one.pk]) if one.pk in marks else "" for one in lessons}
    return {
        "nickname": person.nickname,
        "user_id": person.user_id,
        **cells,
        "share": attended_share(count_marks(marks.values())),
        "link": reverse("classes:report_student", args=[person.pk]),
    }
