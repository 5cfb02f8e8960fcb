"""The matrix as a file: every selected lesson and student, written a few students at a time."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classes.attendance.codes.codebook import marks_without_code
from classes.attendance.reports.files import report_file
from classes.attendance.reports.lesson_matrix.forms import MatrixForm
from classes.attendance.reports.lesson_matrix.lessons import MatrixLesson
from classes.attendance.reports.lesson_matrix.own_codes import COUNT_LABELS, OwnCodes
from classes.attendance.reports.lesson_matrix.table import Matrix, MatrixStudent, shown_marks
from classes.attendance.reports.sheet import DENOMINATOR, LETTERS, ReportSheet, attended_share
from classes.models import Mark
from console.policy.database_scope import as_owner
from console.sheets.columns import Column, ColumnType
from console.ui.template_tags import percent

#: Students whose marks are read together.
BATCH = 200
CUT = gettext_lazy("Only the newest %(n)d lessons of these days. Choose fewer days to see older ones.")


def matrix_file(
    matrix: Matrix, title: str, suffix: str, enterprise: Any, form: MatrixForm, own: OwnCodes | None
) -> HttpResponseBase:
    """Return the whole matrix as a response that is saved as a file, in the school's own codes if given."""
    lessons = matrix.selection.lessons
    columns = [*_columns(lessons), *(code_columns() if own else ())]
    sheet = ReportSheet(columns, (), _note(matrix, own))
    return report_file(sheet, title, suffix, enterprise, form, _rows(matrix, lessons, own))


def letters_in_words(own: OwnCodes | None = None) -> list[tuple[str | Promise, str | Promise]]:
    """Return each letter of the cells with its mark or the name of its code, for a key."""
    if own is None:
        return [(LETTERS[mark], mark.label) for mark in Mark]
    return [*own.legend, *((LETTERS[mark], mark.label) for mark in marks_without_code(own.codes))]


def code_columns() -> list[Column]:
    """Return the columns of the sums by what the codes count as."""
    return [Column(f"as_{key}", label, ColumnType.NUMBER, 12) for key, label in COUNT_LABELS.items()]


def _note(matrix: Matrix, own: OwnCodes | None) -> str:
    letters = " · ".join(f"{letter} {label}" for letter, label in letters_in_words(own))
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


def _rows(matrix: Matrix, lessons: list[MatrixLesson], own: OwnCodes | None) -> Iterator[dict[str, Any]]:
    """Yield a row for each student, then the counts of each lesson by mark, then all of it."""
    blank = {str(one.pk): "" for one in lessons}
    by_lesson = {one.pk: Counter[str]() for one in lessons}
    for start in range(0, len(matrix.students), BATCH):
        students = matrix.students[start : start + BATCH]
        cells: dict[int, dict[str, str]] = {}
        sums: dict[int, Counter[str]] = {}
        for person, lesson, mark, kind in _marks(matrix, lessons, students, own):
            counts = own.counts_as(mark, kind) if own else ""
            cell = own.cell(mark, kind).letter if own else str(LETTERS[mark])
            cells.setdefault(person, {})[str(lesson)] = cell
            by_lesson[lesson].update((mark, f"as_{counts}"))
            sums.setdefault(person, Counter())[f"as_{counts}"] += 1
        for one in students:
            row = {"nickname": one.nickname, "user_id": one.user_id, "share": one.share}
            numbers = {mark.value: one.counts.get(mark, 0) for mark in Mark}
            yield {**row, **numbers, **_sums(sums.get(one.pk)), **blank, **cells.get(one.pk, {})}
    yield from _total_rows(matrix, lessons, by_lesson, own)


def _marks(
    matrix: Matrix, lessons: list[MatrixLesson], students: list[MatrixStudent], own: OwnCodes | None
) -> Iterator[tuple[int, int, str, str]]:
    """Yield person, lesson, mark and the reason of each mark of these students."""
    marks = shown_marks(matrix, lessons, students)
    kinds = own.read_kinds(marks) if own else {}
    with as_owner():  # as in `table`
        read = list(marks.values_list("person", "lesson", "mark"))
    for person, lesson, mark in read:
        yield person, lesson, mark, kinds.get((person, lesson), "")


def _sums(numbers: Counter[str] | None) -> dict[str, int]:
    return {f"as_{key}": (numbers or Counter())[f"as_{key}"] for key in COUNT_LABELS}


def _total_rows(
    matrix: Matrix, lessons: list[MatrixLesson], by_lesson: dict[int, Counter[str]], own: OwnCodes | None
) -> Iterator[dict[str, Any]]:
    blank = {"user_id": "", "share": None, **dict.fromkeys(Mark.values), **dict.fromkeys(_sums(None))}
    counted: list[tuple[str, Any]] = [(mark, mark.label) for mark in matrix.marks_in_use]
    counted += [(f"as_{key}", label) for key, label in COUNT_LABELS.items()] if own else []
    for key, label in counted:
        numbers = {str(one.pk): str(by_lesson[one.pk][key]) if one.is_final else "" for one in lessons}
        yield {**blank, "nickname": str(label), **numbers}
    shares = {str(one.pk): percent(attended_share(by_lesson[one.pk])) for one in lessons}
    sums = {mark.value: matrix.total.get(mark, 0) for mark in Mark}
    whole = _sums(sum(by_lesson.values(), Counter[str]()))
    share = attended_share(matrix.total)
    yield {**blank, "nickname": _("Total"), **shares, **sums, **whole, "share": share}
