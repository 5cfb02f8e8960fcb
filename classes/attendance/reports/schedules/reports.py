"""The reports that can be sent by e-mail: those of the registry, and those of a course or group."""

from typing import Any

from classes.attendance.grades.forms import GradeForm
from classes.attendance.grades.queries import RESOURCE as GRADES
from classes.attendance.grades.sheet import grade_totals
from classes.attendance.reports.lesson_matrix.forms import MatrixForm
from classes.attendance.reports.lesson_matrix.lessons import RESOURCE as MATRIX
from classes.attendance.reports.lesson_matrix.totals import matrix_totals
from classes.attendance.reports.registry import REPORTS, Report
from classes.models.report_schedule import REPORT_TITLES


def _matrix_form(data: Any, *, reader: Any, **more: Any) -> MatrixForm:
    return MatrixForm(data, reader=reader, has_codes=True)


def _grade_form(data: Any, *, reader: Any, **more: Any) -> GradeForm:
    return GradeForm(data, reader=reader)


#: The matrix is not asked for a name or user ID: neither an e-mail nor its link names a student.
MAILED = {
    **REPORTS,
    "matrix": Report(
        REPORT_TITLES["matrix"],
        matrix_totals,
        ("course", "group", "below", "absent", "codes"),
        has_total=True,
        form=_matrix_form,
        subject=("course", "group"),
        resource=MATRIX,
    ),
    "grades": Report(
        REPORT_TITLES["grades"],
        grade_totals,
        ("course", "term"),
        has_total=True,
        form=_grade_form,
        subject=("course",),
        resource=GRADES,
    ),
}
