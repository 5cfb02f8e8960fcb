"""Students × lessons of a course or a group: a letter each, and what it comes to."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.models import Attendance, Lesson
from classes.reports.forms import ReportForm
from classes.reports.sheet import DENOMINATOR, Sheet, cell_of, counted, share
from console.policy import scoped
from console.sheets.columns import Column, Kind

#: Lessons side by side, and students below each other.
MOST_LESSONS, MOST_PEOPLE = 60, 1000


def course(reader: Any, form: ReportForm) -> Sheet:
    """The lessons of a course that began in the days chosen."""
    chosen = form.cleaned_data.get("course")
    if chosen is None:
        return Sheet((), (), _("Choose a course."))
    return _matrix(reader, form, Attendance.objects.filter(lesson__course=chosen))


def group(reader: Any, form: ReportForm) -> Sheet:
    """The lessons of everybody who is in a group now."""
    chosen = form.cleaned_data.get("group")
    if chosen is None:
        return Sheet((), (), _("Choose a group."))
    return _matrix(reader, form, Attendance.objects.filter(person__in=chosen.students.values("pk")))


def _matrix(reader: Any, form: ReportForm, marks: QuerySet[Attendance]) -> Sheet:
    stretch = form.stretch
    marks = scoped(marks, reader, "attendance", "list").exclude(mark="")
    marks = marks.filter(
        expected=True,
        person__isnull=False,
        lesson__starts_at__gte=stretch.begins,
        lesson__starts_at__lt=stretch.ends,
        lesson__cancelled_at=None,
    )
    held = Lesson.objects.filter(pk__in=marks.order_by().values("lesson")).order_by("-starts_at", "-pk")
    lessons = list(held[: MOST_LESSONS + 1])
    shown = sorted(lessons[:MOST_LESSONS], key=lambda one: (one.starts_at, one.pk))
    grid: dict[int, dict[int, str]] = {}
    for person, lesson, mark in marks.filter(lesson__in=shown).values_list("person", "lesson", "mark"):
        grid.setdefault(person, {})[lesson] = mark
    people = User.objects.filter(pk__in=list(grid)[:MOST_PEOPLE]).order_by("nickname", "user_id")
    columns = (
        Column("nickname", _("Name"), width=18),
        Column("user_id", _("User id"), Kind.ID, 16),
        *(Column(str(one.pk), _heading(one), width=8) for one in shown),
        Column("share", _("Attended"), Kind.SHARE, 12),
    )
    cut = len(lessons) > MOST_LESSONS or len(grid) > MOST_PEOPLE
    return Sheet(columns, [_line(one, grid[one.pk], shown) for one in people], DENOMINATOR, cut)


def _heading(lesson: Lesson) -> str:
    return f"{timezone.localtime(lesson.starts_at):%m-%d %H:%M}"


def _line(person: User, marks: dict[int, str], lessons: Iterable[Lesson]) -> dict[str, Any]:
    cells = {str(one.pk): cell_of(marks[one.pk]) if one.pk in marks else "" for one in lessons}
    return {
        "nickname": person.nickname,
        "user_id": person.user_id,
        **cells,
        "share": share(counted(marks.values())),
        "link": reverse("classes:report_student", args=[person.pk]),
    }
