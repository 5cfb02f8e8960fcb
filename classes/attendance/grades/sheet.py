"""Grades as a sheet, for pages and files, with the rule above the headings."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from classes.attendance.grades.calculation import Weights
from classes.attendance.grades.queries import StudentGrade
from classes.attendance.grades.sentences import rule_sentence
from classes.attendance.reports.sheet import ReportSheet, sum_counts
from classes.models import Mark
from console.sheets.columns import Column, ColumnType


def grade_sheet(students: Sequence[StudentGrade], weights: Weights, above: Sequence[str] = ()) -> ReportSheet:
    """Return a sheet with a row per student; `above` are further lines above the headings of a file."""
    total = sum_counts(one.counts for one in students)
    used = [mark for mark in Mark if total.get(mark)]
    columns = (
        Column("nickname", _("Name"), width=18),
        Column("user_id", _("User ID"), ColumnType.ID, 16),
        *(Column(mark.value, mark.label, ColumnType.NUMBER, 10) for mark in used),
        Column("counted", _("Lessons counted"), ColumnType.NUMBER, 12),
        Column("points", _("Points"), ColumnType.NUMBER, 10),
        Column("percent", _("Percentage"), ColumnType.NUMBER, 12),
    )
    rows = [
        {
            "nickname": one.nickname,
            "user_id": one.user_id,
            **{mark.value: one.counts.get(mark, 0) for mark in used},
            "counted": one.grade.counted,
            "points": one.grade.points,
            "percent": one.grade.percent,
        }
        for one in students
    ]
    rule = rule_sentence(weights)
    return ReportSheet(columns, rows, rule, above=(*above, rule))
