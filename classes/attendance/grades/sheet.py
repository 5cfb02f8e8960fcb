"""Grades as a sheet, for pages and files, with the rule above the headings."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from classes.attendance.grades.calculation import Weights, grade_of
from classes.attendance.grades.forms import GradeForm
from classes.attendance.grades.queries import StudentGrade, read_grades, sees_everybody
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


def grade_totals(reader: Any, form: GradeForm) -> ReportSheet:
    """Return a sheet without rows: how many students the chosen course has, their marks, and the percentage
    of all of them by the rule, as if they were those of one student."""
    course: Any = form.course_chosen
    grades = read_grades(course, form.period, None if sees_everybody(reader, course) else reader)
    counts = sum_counts(one.counts for one in grades.students)
    columns = (
        Column("students", _("Students"), ColumnType.NUMBER),
        *(Column(mark.value, mark.label, ColumnType.NUMBER) for mark in Mark if counts.get(mark)),
        Column("percent", _("Percentage of all students"), ColumnType.NUMBER),
    )
    percent = grade_of(counts, grades.weights).percent
    total = {"students": len(grades.students), **counts, "percent": percent}
    return ReportSheet(columns, (), rule_sentence(grades.weights), total=total)
