"""The totals of a matrix without its students, for the e-mail that names nobody."""

from typing import Any

from django.utils.translation import gettext as _

from classes.attendance.reports.lesson_matrix.files import CUT
from classes.attendance.reports.lesson_matrix.forms import MatrixForm
from classes.attendance.reports.lesson_matrix.lessons import PAGE_LIMITS
from classes.attendance.reports.lesson_matrix.table import read_matrix, read_selection
from classes.attendance.reports.sheet import DENOMINATOR, ReportSheet, attended_share
from console.sheets.columns import Column, ColumnType


def matrix_totals(reader: Any, form: MatrixForm) -> ReportSheet:
    """Return a sheet without rows; its totals are those of the page: of the lessons that count."""
    selection = read_selection(reader, form, PAGE_LIMITS)
    matrix = read_matrix(form, selection, selection.lessons)
    columns = (
        Column("students", _("Students"), ColumnType.NUMBER),
        Column("lessons", _("Lessons"), ColumnType.NUMBER),
        *(Column(mark.value, mark.label, ColumnType.NUMBER) for mark in matrix.marks_in_use),
        Column("share", _("Attendance rate"), ColumnType.SHARE),
    )
    numbers = {"students": len(matrix.students), "lessons": len(selection.final_ids)}
    total = {**numbers, **matrix.total, "share": attended_share(matrix.total)}
    cut = [CUT % {"n": len(selection.lessons)}] if selection.is_cut else []
    return ReportSheet(columns, (), " ".join([str(DENOMINATOR), *cut]), total=total)
