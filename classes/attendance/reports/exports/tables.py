"""What each kind of scheduled export holds: existing exports, with the rights of the owner."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.imports.export import export_columns, export_rows, exportable_people
from accounts.models import GroupMembership
from classes.attendance.codes.codebook import codes_of_rows, load_codes
from classes.attendance.grades.queries import read_grades
from classes.attendance.grades.sheet import grade_sheet
from classes.attendance.reports.forms import ReportPeriod, final_lessons_of
from classes.attendance.reports.student import student_sheet
from classes.lessons.queries import with_counts
from classes.lessons.status import phase_of
from classes.models import Attendance, ExportSchedule, Lesson, Member
from classes.models.export_schedule import ExportKind
from console.policy import may, scoped
from console.sheets.columns import Column, ColumnType, SheetRows

BATCH = 2_000


class ExportTable(NamedTuple):
    """The columns and rows of a file; `note` goes into the second sheet of an Excel file."""

    columns: Sequence[Column]
    rows: SheetRows
    note: str | Promise = ""


@dataclass(frozen=True)
class ExportType:
    """A kind of export: the resource that its reader must be allowed to export, and its filters.

    `build` is called in the database scope of the owner, who made the schedule with these filters.
    """

    resource: str
    filters: tuple[str, ...]
    build: Callable[[ExportSchedule, ReportPeriod | None], ExportTable]
    has_period: bool = True
    needs_course: bool = False

    def may_read(self, person: Any) -> bool:
        """Return whether somebody may export these data of the whole school."""
        return may(person, "export", "export_schedule") and may(person, "export", self.resource)


def _people(schedule: ExportSchedule, period: ReportPeriod | None) -> ExportTable:
    """Return people without contacts, which leave the console with a reason only."""
    owner = schedule.owner
    columns = export_columns(owner, contacts=False, stored=True)
    people = exportable_people(owner, role=schedule.role, group=schedule.group)
    return ExportTable(columns, export_rows(people, schedule.enterprise, columns))


def _lessons(schedule: ExportSchedule, period: ReportPeriod | None) -> ExportTable:
    """Return all lessons of the period, cancelled ones too."""
    lessons = scoped(Lesson.objects.all(), schedule.owner, "lesson", "export")
    lessons = _in_period(lessons, period)
    if schedule.group:
        lessons = lessons.filter(groups=schedule.group)
    if schedule.course:
        lessons = lessons.filter(course=schedule.course)
    found = with_counts(lessons).select_related("teacher", "course").order_by("starts_at", "pk")
    columns = (
        Column("number", _("Lesson ID"), ColumnType.ID, 12),
        Column("topic", _("Lesson"), width=30),
        Column("course", _("Course"), width=24),
        Column("teacher", _("Teacher"), width=18),
        Column("teacher_id", _("User ID of the teacher"), ColumnType.ID, 16),
        Column("starts_at", _("Start"), ColumnType.DATETIME, 24),
        Column("ends_at", _("End"), ColumnType.DATETIME, 24),
        Column("real_started_at", _("Actual start"), ColumnType.DATETIME, 24),
        Column("real_ended_at", _("Actual end"), ColumnType.DATETIME, 24),
        Column("status", _("Status"), width=14),
        Column("expected", _("Students"), ColumnType.NUMBER, 10),
        Column("came", _("Students who came"), ColumnType.NUMBER, 12),
    )
    return ExportTable(columns, (_lesson_row(one) for one in found.iterator(BATCH)))


def _in_period(lessons: Any, period: ReportPeriod | None) -> Any:
    return (
        lessons.filter(starts_at__gte=period.begins, starts_at__lt=period.ends) if period else lessons.none()
    )


def _lesson_row(lesson: Any) -> dict[str, Any]:
    return {
        "number": str(lesson.pk),
        "topic": lesson.topic,
        "course": lesson.course.title if lesson.course else "",
        "teacher": lesson.teacher.nickname,
        "teacher_id": lesson.teacher.user_id,
        "starts_at": lesson.starts_at,
        "ends_at": lesson.ends_at,
        "real_started_at": lesson.real_started_at,
        "real_ended_at": lesson.real_ended_at,
        "status": str(phase_of(lesson).word),
        "expected": lesson.expected,
        "came": lesson.came,
    }


def _marks(schedule: ExportSchedule, period: ReportPeriod | None) -> ExportTable:
    """Return the final marks of students in the lessons of the period, a row each."""
    marks = scoped(Attendance.objects.all(), schedule.owner, "attendance", "export").exclude(mark="")
    marks = marks.filter(expected=True, role=Member.Role.STUDENT)
    marks = marks.filter(**final_lessons_of(period)) if period else marks.none()
    if schedule.course:
        marks = marks.filter(lesson__course=schedule.course)
    if schedule.group:
        students = GroupMembership.objects.filter(group=schedule.group).values("student")
        marks = marks.filter(person__in=students)
    found = marks.select_related("lesson__enterprise", "person")
    found = found.order_by("lesson__starts_at", "lesson", "user_id", "pk")
    sheet = student_sheet([], [])
    own = (
        Column("own_code", pgettext("attendance", "Code"), ColumnType.ID, 8),
        Column("own_code_name", _("Name of the code"), width=20),
    )
    columns = (
        Column("user_id", _("User ID"), ColumnType.ID, 18),
        Column("nickname", _("Name"), width=18),
        *sheet.columns,
        Column("code", _("Mark as a code"), ColumnType.ID, 18),
        *(own if load_codes(schedule.enterprise) else ()),
    )
    return ExportTable(columns, _mark_rows(schedule, found), sheet.note)


def _mark_rows(schedule: ExportSchedule, marks: Any) -> Iterator[dict[str, Any]]:
    unread = marks.iterator(BATCH)
    while rows := list(islice(unread, BATCH)):
        sheet = student_sheet(rows, codes_of_rows(schedule.enterprise, rows), names=True)
        for mark, row in zip(rows, sheet.rows, strict=True):
            name = mark.person.nickname if mark.person else ""
            yield {**row, "user_id": mark.user_id, "nickname": name, "code": mark.mark}


def _grades(schedule: ExportSchedule, period: ReportPeriod | None) -> ExportTable:
    """Return points and percentages of the students of the course, by the rule of the school."""
    course = schedule.course
    if course is None or period is None or not may(schedule.owner, "export", "attendance_grade", course):
        return ExportTable((), ())
    grades = read_grades(course, period)
    sheet = grade_sheet(grades.students, grades.weights)
    return ExportTable(sheet.columns, sheet.rows, sheet.note)


EXPORT_TYPES: dict[str, ExportType] = {
    ExportKind.PEOPLE: ExportType("person", ("role", "group"), _people, has_period=False),
    ExportKind.LESSONS: ExportType("lesson", ("group", "course"), _lessons),
    ExportKind.MARKS: ExportType("attendance", ("group", "course"), _marks),
    ExportKind.GRADES: ExportType("attendance_grade", ("course",), _grades, needs_course=True),
}
