"""Views of the attendance matrix: page, files, and the trends of one student."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage, Page, Paginator
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.models import Role, User
from classes.attendance.codes.codebook import codes_of_rows, load_codes
from classes.attendance.reports import charts, student
from classes.attendance.reports.lesson_matrix import trends
from classes.attendance.reports.lesson_matrix.files import CUT, letters_in_words, matrix_file
from classes.attendance.reports.lesson_matrix.forms import LessonChoiceForm, MatrixForm
from classes.attendance.reports.lesson_matrix.lessons import (
    FILE_LIMITS,
    PAGE_LIMITS,
    RESOURCE,
    MatrixLesson,
    chosen_lessons,
)
from classes.attendance.reports.lesson_matrix.own_codes import COUNT_LABELS, CodedCells, OwnCodes
from classes.attendance.reports.lesson_matrix.table import (
    Counts,
    Matrix,
    MatrixCells,
    MatrixStudent,
    read_cells,
    read_matrix,
    read_selection,
    shown_marks,
)
from classes.attendance.reports.quick_ranges import quick_ranges
from classes.attendance.reports.sheet import DENOMINATOR, MarkCell, attended_share, mark_cell
from classes.attendance.reports.views import table_context
from classes.models import Mark
from console.audit.trail import record
from console.inputs.bounds import parse_id
from console.policy import Scope, in_school, may, refusal_message, scope_of
from console.policy.views import SchoolView
from console.ui.template_tags import percent

LESSONS_A_PAGE, STUDENTS_A_PAGE = 20, 50
#: Courses offered as links where nothing is chosen yet.
LINKED_COURSES = 12


class MatrixRow(NamedTuple):
    """A student with a cell per lesson of the page, None where there is no mark, and counts per mark."""

    student: MatrixStudent
    cells: list[MarkCell | None]
    numbers: list[int]


class MatrixTotal(NamedTuple):
    """A row below the table: a value per lesson of the page; the first row also has share and sums of all."""

    label: str
    values: list[str]
    share: str = ""
    numbers: Sequence[int] = ()


class MatrixBase(SchoolView):
    """Base of the page and the files of the matrix."""

    resource, action = RESOURCE, "list"
    reads_replica = True

    @cached_property
    def school_codes(self) -> OwnCodes:
        school: Any = self.request.user.enterprise
        return OwnCodes(load_codes(school), school.tz)

    @property
    def own_codes(self) -> OwnCodes | None:
        """The codes of the school if the reader wants the matrix in them."""
        return self.school_codes if self.form.value("codes") else None

    @cached_property
    def form(self) -> MatrixForm:
        form = MatrixForm(self.request.GET, reader=self.request.user, has_codes=bool(self.school_codes.codes))
        form.is_valid()
        form.require_known_rows()
        return form


class MatrixPage(MatrixBase, TemplateView):
    """A page of students and of lessons; without `?lessons=` the newest ones."""

    template_name = "classes/attendance/reports/matrix.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form, reader = self.form, self.request.user
        is_chosen = bool(form.course_chosen or form.group_chosen)
        selection = read_selection(reader, form, PAGE_LIMITS)
        lesson_page = self._page(selection.lessons[::-1], LESSONS_A_PAGE, "lessons")
        lessons: list[MatrixLesson] = list(lesson_page)[::-1]
        matrix = read_matrix(form, selection, lessons)
        page = self._page(matrix.students, STUDENTS_A_PAGE, "page")
        cells = read_cells(matrix, list(page), lessons) if matrix.students else MatrixCells({}, {})
        return super().get_context_data(
            title=_("Attendance matrix"),
            filter_form=form,
            period=form.period,
            ranges=quick_ranges(reader, form.period),
            is_chosen=is_chosen,
            mail_report="matrix" if is_chosen else "",
            courses=form.offered_courses[:LINKED_COURSES],
            lessons=lessons,
            lesson_page=lesson_page,
            page=page,
            table=_table(matrix, cells, lessons, list(page), self.own_codes),
            charts=charts.lesson_charts(
                (one.starts_at, cells.lesson_counts[one.pk])
                for one in selection.lessons
                if one.pk in cells.lesson_counts
            ),
            trend_query=_lesson_query(form),
            letters=letters_in_words(self.own_codes),
            note=DENOMINATOR,
            cut=CUT % {"n": len(selection.lessons)} if selection.is_cut else "",
            files=_file_links() if may(reader, "export", RESOURCE) and matrix.students else (),
            **more,
        )

    def _page(self, rows: list[Any], size: int, name: str) -> Page[Any]:
        """Return the page of the rows that the query names; Http404 if it does not exist."""
        number = parse_id(self.request.GET.get(name, "1"))
        try:
            return Paginator(rows, size).page(number or 0)
        except InvalidPage:
            raise Http404(_("This page does not exist.")) from None


class MatrixFile(MatrixBase, View):
    """Download the whole matrix as a file and record the export."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        form, school = self.form, request.user.enterprise
        selection = read_selection(request.user, form, FILE_LIMITS)
        matrix = read_matrix(form, selection, selection.lessons)
        chosen = [str(one) for one in (form.course_chosen, form.group_chosen) if one]
        values = {"report": "matrix", "file": self.suffix, "rows": len(matrix.students)}
        record("report.export", school, by=None, after={**values, "name": " · ".join(chosen)})
        title = " ".join((_("Attendance matrix"), *chosen))
        return matrix_file(matrix, title, self.suffix, school, form, self.own_codes)


class MatrixStudentPage(SchoolView, TemplateView):
    """Marks of one student by week, in the lessons that the reader leads."""

    resource, action = RESOURCE, "list"
    template_name = "classes/attendance/reports/matrix_student.html"

    @cached_property
    def form(self) -> LessonChoiceForm:
        form = LessonChoiceForm(self.request.GET, reader=self.request.user)
        form.is_valid()
        form.require_known_rows()
        return form

    @cached_property
    def person(self) -> User:
        """The student. Raise PermissionDenied if the reader leads no lesson with them, and does not see the
        chosen group, which they are in charge of, for their sake."""
        reader = self.request.user
        person = in_school(User.objects.all(), reader, RESOURCE).filter(pk=self.kwargs["pk"]).first()
        if person is None:
            raise Http404(_("This does not exist in your school."))
        if person.role != Role.STUDENT:
            raise Http404(_("Only students have marks."))
        is_own = scope_of(reader, self.action, RESOURCE) == Scope.OWN
        if is_own and not trends.may_see(reader, person, self.form.group_chosen):
            raise PermissionDenied(refusal_message(reader, self.action, RESOURCE))
        return person

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader, person = self.request.user, self.person
        form = self.form
        lessons = chosen_lessons(reader, form.period, form.course_chosen, form.group_chosen)
        found = trends.marks_in_lessons(person, lessons)
        marks = found[: trends.MAX_MARKS]
        codes = codes_of_rows(person.enterprise, marks)
        back = f"{reverse('classes:report_matrix')}{_lesson_query(form)}"
        return super().get_context_data(
            title=_("Attendance of %(name)s") % {"name": person},
            person=person,
            filter_form=form,
            period=form.period,
            ranges=quick_ranges(reader, form.period),
            share=student.student_share(marks),
            charts=charts.student_charts(marks),
            weeks=table_context(trends.week_sheet(marks)),
            **table_context(student.student_sheet(marks, codes)) | {"cut": len(found) > trends.MAX_MARKS},
            back_url=back if form.course_chosen or form.group_chosen else reverse("classes:report_matrix"),
            **more,
        )


def _table(
    matrix: Matrix,
    cells: MatrixCells,
    lessons: list[MatrixLesson],
    students: list[MatrixStudent],
    own: OwnCodes | None,
) -> dict[str, Any]:
    """Return rows, totals and the marks that have a column, for the template."""
    if not students:
        return {}
    marks = matrix.marks_in_use
    drawn = {mark.value: mark_cell(mark) for mark in Mark}
    coded = CodedCells({}, {})
    if own:
        coded = own.read_page(shown_marks(matrix, lessons, students), shown_marks(matrix, lessons))

    def cell(person: int, lesson: int) -> MarkCell | None:
        mark = cells.marks.get(person, {}).get(lesson, "")
        return own.cell(mark, coded.kinds.get((person, lesson), "")) if own and mark else drawn.get(mark)

    rows = [
        MatrixRow(
            one,
            [cell(one.pk, lesson.pk) for lesson in lessons],
            [one.counts.get(mark, 0) for mark in marks],
        )
        for one in students
    ]
    counts = [cells.lesson_counts.get(lesson.pk, {}) for lesson in lessons]
    return {
        "rows": rows,
        "marks": [drawn[mark] for mark in marks],
        "totals": [*_totals(matrix, lessons, counts), *(_code_totals(lessons, coded) if own else ())],
    }


def _code_totals(lessons: list[MatrixLesson], coded: CodedCells) -> list[MatrixTotal]:
    counted: list[Counts | None] = [coded.sums.get(one.pk, {}) if one.is_final else None for one in lessons]
    return [MatrixTotal(str(label), _of_mark(counts, counted)) for counts, label in COUNT_LABELS.items()]


def _totals(matrix: Matrix, lessons: list[MatrixLesson], counts: Sequence[Counts]) -> list[MatrixTotal]:
    total, marks = matrix.total, matrix.marks_in_use
    shares = [percent(attended_share(numbers)) for numbers in counts]
    first = MatrixTotal(_("Total"), shares, percent(attended_share(total)), [total[mark] for mark in marks])
    counted = [numbers if one.is_final else None for one, numbers in zip(lessons, counts, strict=True)]
    return [first, *(MatrixTotal(str(mark.label), _of_mark(mark, counted)) for mark in marks)]


def _of_mark(mark: str, counted: Sequence[Counts | None]) -> list[str]:
    """Return how often the mark occurs in each lesson; empty where the lesson does not count."""
    return ["" if numbers is None else str(numbers.get(mark, 0)) for numbers in counted]


def _lesson_query(form: LessonChoiceForm) -> str:
    """Return the query string of the days, course and group in force."""
    chosen = {"course": form.course_chosen, "group": form.group_chosen}
    days = {name: form.data.get(name, "") for name in ("since", "until")}
    return "?" + urlencode({**{name: one.pk for name, one in chosen.items() if one}, **days})


def _file_links() -> list[tuple[str, str]]:
    return [(reverse(f"classes:report_matrix_{kind}"), kind) for kind in ("csv", "xlsx")]
