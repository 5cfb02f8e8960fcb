"""The matrix as a file: every selected lesson and student, written a few students at a time."""

from collections.abc import Iterator
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classes.attendance.reports.files import report_file
from classes.attendance.reports.lesson_matrix.forms import MatrixForm
from classes.attendance.reports.lesson_matrix.lessons import MatrixLesson
from classes.attendance.reports.lesson_matrix.table import Matrix, final_marks
from classes.attendance.reports.sheet import DENOMINATOR, LETTERS, ReportSheet, attended_share
from classes.models import Mark
from console.policy.database_scope import as_owner
from console.sheets.columns import Column, ColumnType
from console.ui.template_tags import percent

#: Students whose marks are read together.
BATCH = 200
CUT = gettext_lazy("Only the newest %(n)d lessons of these days. Choose fewer days to see older ones.")


def matrix_file(
    matrix: Matrix, title: str, suffix: str, enterprise: Any, form: MatrixForm
) -> HttpResponseBase:
    """Return the whole matrix as a response that is saved as a file."""
    lessons = matrix.selection.lessons
    sheet = ReportSheet(_columns(lessons), (), _note(matrix))
    return report_file(sheet, title, suffix, enterprise, form, _rows(matrix, lessons))


def letters_in_words() -> list[tuple[str | Promise, str | Promise]]:
    """Return each letter of the cells with its mark, for the key of a page or a file."""
    return [(LETTERS[mark], mark.label) for mark in Mark]


def _note(matrix: Matrix) -> str:
    letters = " · ".join(f"{letter} {label}" for letter, label in letters_in_words())
    cut = CUT % {"n": len(matrix.selection.lessons)} if matrix.selection.is_cut else ""
    return " ".join(filter(None, (str(DENOMINATOR), letters, cut)))


def _columns(lessons: list[MatrixLesson]) -> list[Column]:
    return [
        Column("nickname", _("Name"), width=18),
        Column("user_id", _("User ID"), ColumnType.ID, 16),
        *(Column(str(one.pk), _heading(one), width=10) for one in lessons),
        *(Column(mark.value, mark.label, ColumnType.NUMBER, 10) for mark in Mark),
        Column("share", _("Attendance rate"), ColumnType.SHARE, 12),
    ]


def _heading(lesson: MatrixLesson) -> str:
    state = f" ({lesson.state_label})" if lesson.state_label else ""
    return f"{timezone.localtime(lesson.starts_at):%Y-%m-%d %H:%M} {lesson.topic}{state}"


def _rows(matrix: Matrix, lessons: list[MatrixLesson]) -> Iterator[dict[str, Any]]:
    """Yield a row for each student, then the counts of each lesson by mark, then all of it."""
    blank = {str(one.pk): "" for one in lessons}
    by_lesson = {one.pk: dict.fromkeys(Mark.values, 0) for one in lessons}
    marks = final_marks(matrix.selection.final_ids)
    for start in range(0, len(matrix.students), BATCH):
        students = matrix.students[start : start + BATCH]
        cells: dict[int, dict[str, str]] = {}
        found = marks.filter(person__in=[one.pk for one in students])
        with as_owner():  # as in `table`
            read = list(found.values_list("person", "lesson", "mark"))
        for person, lesson, mark in read:
            cells.setdefault(person, {})[str(lesson)] = str(LETTERS[mark])
            by_lesson[lesson][mark] += 1
        for one in students:
            counts = {mark.value: one.counts.get(mark, 0) for mark in Mark}
            row = {"nickname": one.nickname, "user_id": one.user_id, "share": one.share}
            yield {**row, **counts, **blank, **cells.get(one.pk, {})}
    yield from _total_rows(matrix, lessons, by_lesson)


def _total_rows(
    matrix: Matrix, lessons: list[MatrixLesson], by_lesson: dict[int, dict[str, int]]
) -> Iterator[dict[str, Any]]:
    blank = {"user_id": "", "share": None, **dict.fromkeys(Mark.values)}
    for mark in matrix.marks_in_use:
        numbers = {str(one.pk): str(by_lesson[one.pk][mark]) if one.is_final else "" for one in lessons}
        yield {**blank, "nickname": str(mark.label), **numbers}
    shares = {str(one.pk): percent(attended_share(by_lesson[one.pk])) for one in lessons}
    sums = {mark.value: matrix.total.get(mark, 0) for mark in Mark}
    yield {**blank, "nickname": _("Total"), **shares, **sums, "share": attended_share(matrix.total)}
