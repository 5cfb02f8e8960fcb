"""Trends of one student in the lessons that the reader leads: marks by week, and the lessons behind them."""

from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup, User
from classes.attendance.reports.lesson_matrix.lessons import is_in_charge_of, led_lessons
from classes.attendance.reports.quick_ranges import week_of
from classes.attendance.reports.sheet import ReportSheet, attended_share, count_marks
from classes.models import Attendance, Lesson, Mark, Member
from console.sheets.columns import Column, ColumnType

MAX_MARKS = 500


def may_see(reader: Any, person: User, group: StudentGroup | None) -> bool:
    """Return whether the reader sees the student: one of the group that they are in charge of, or, for other
    groups and without one, one of lessons that they lead."""
    if is_in_charge_of(reader, group):
        return group is not None and group.entries.filter(student=person).exists()
    return has_lessons_with(reader, person)


def has_lessons_with(reader: Any, person: User) -> bool:
    """Return whether the student is on the list of a lesson that the reader leads, or has a mark in one."""
    member = Member.objects.filter(lesson=OuterRef("pk"), user=person, role=Member.Role.STUDENT)
    mark = Attendance.objects.filter(lesson=OuterRef("pk"), person=person, expected=True)
    return led_lessons(reader).filter(Q(Exists(member)) | Q(Exists(mark))).exists()


def marks_in_lessons(person: User, lessons: QuerySet[Lesson]) -> list[Attendance]:
    """Return the student's final marks in these lessons, the newest first; MAX_MARKS and one more at most."""
    held = lessons.filter(final_at__isnull=False).order_by()
    marks = Attendance.objects.filter(person=person, expected=True, lesson__in=held.values("pk"))
    marks = marks.exclude(mark="").select_related("lesson__enterprise")
    return list(marks.order_by("-lesson__starts_at", "-lesson")[: MAX_MARKS + 1])


def week_sheet(marks: list[Attendance]) -> ReportSheet:
    """Return a sheet with a row per week and a column per mark that occurs; both have the newest first."""
    used = [mark for mark in Mark if any(one.mark == mark for one in marks)]
    days = [(week_of(timezone.localdate(one.lesson.starts_at))[0], one.mark) for one in marks]
    rows = []
    for monday, of_week in groupby(days, key=lambda one: one[0]):
        counts = count_marks(mark for _day, mark in of_week)
        numbers = {mark.value: counts.get(mark, 0) for mark in used}
        rows.append(
            {"week": monday, "lessons": sum(counts.values()), **numbers, "share": attended_share(counts)}
        )
    columns = (
        Column("week", _("Week of"), ColumnType.DATE, 14),
        Column("lessons", _("Lessons"), ColumnType.NUMBER, 10),
        *(Column(mark.value, mark.label, ColumnType.NUMBER, 12) for mark in used),
        Column("share", _("Attendance rate"), ColumnType.SHARE, 12),
    )
    return ReportSheet(columns, rows)
