"""Pages of attendance grades: those of a course now, their files, and the rule of the school."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from classes.attendance.grades.forms import GradeForm, GradeRuleForm
from classes.attendance.grades.queries import (
    RESOURCE,
    CourseGrades,
    read_grades,
    revisions_of,
    rule_of,
    weights_of,
)
from classes.attendance.grades.sending.runs import connection_for
from classes.attendance.grades.sentences import difference_sentence, rule_sentence
from classes.attendance.grades.services import fixing_doubts, is_over, set_rule
from classes.attendance.grades.sheet import grade_sheet
from classes.attendance.grades.snapshots import compare
from classes.attendance.reports.files import report_file
from classes.attendance.reports.lesson_matrix.views import LINKED_COURSES
from classes.attendance.reports.views import table_context
from classes.models import GradeRevision, GradeRule
from console.audit.trail import record
from console.policy import Scope, may, refusal_message, scope_of
from console.policy.views import SchoolView


class GradeBase(SchoolView):
    """Base of the page and the files of grades."""

    resource, action = RESOURCE, "list"

    @cached_property
    def form(self) -> GradeForm:
        form = GradeForm(self.request.GET, reader=self.request.user)
        form.is_valid()
        form.require_known_rows()
        return form

    @cached_property
    def grades(self) -> CourseGrades:
        """The grades of the chosen course that the reader may see."""
        course, reader = self.form.course_chosen, self.request.user
        if course is None or self.form.term_chosen is None:
            return CourseGrades({}, [], 0)
        only: Any = None if self.sees_everybody else reader
        return read_grades(course, self.form.period, only)

    @cached_property
    def may_export(self) -> bool:
        """Whether the reader may take the grades of the chosen course away."""
        return bool(self.form.course_chosen) and self.may("export", self.form.course_chosen)

    @property
    def sees_everybody(self) -> bool:
        """Whether the reader sees all students of the chosen course, not only themselves."""
        return self.may_export or scope_of(self.request.user, "list", RESOURCE) != Scope.OWN


class GradePage(GradeBase, TemplateView):
    """Grades of a course in a term, the rule, and the revisions that were fixed."""

    template_name = "classes/attendance/grades/grades.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form, reader = self.form, self.request.user
        course, term, grades = form.course_chosen, form.term_chosen, self.grades
        sheet = grade_sheet(grades.students, grades.weights)
        revisions = revisions_of(course, term) if course and term and self.sees_everybody else []
        return super().get_context_data(
            title=_("Attendance grades"),
            filter_form=form,
            period=form.period,
            course=course,
            term=term,
            courses=form.offered_courses[:LINKED_COURSES],
            mail_report="grades" if course and term else "",
            doubts=fixing_doubts(grades.open_lessons),
            revisions=revisions,
            difference=describe_difference(revisions[0], grades) if revisions else "",
            may_fix=course
            and term
            and is_over(term, course.enterprise)
            and may(reader, "fix", RESOURCE, course),
            may_send=revisions and self.may("send", course) and connection_for(revisions[0]),
            may_set_rule=may(reader, "set_rules", RESOURCE),
            files=_file_links() if self.may_export else (),
            **table_context(sheet),
            **more,
        )


def describe_difference(revision: GradeRevision, grades: CourseGrades) -> str:
    """Return what has changed since the revision, with the names of today."""
    names = {one.user_id: one.nickname for one in grades.students}
    return difference_sentence(revision.number, compare(revision.body, grades), names)


class GradeFile(GradeBase, View):
    """Download the grades of a course with their rule, and record the export."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        course, term, students = self.form.course_chosen, self.form.term_chosen, self.grades.students
        if course and not self.may_export:
            raise PermissionDenied(refusal_message(request.user, "export", RESOURCE))
        title = " ".join((_("Attendance grades"), *(str(one) for one in (course, term) if one)))
        values = {"report": "grades", "file": self.suffix, "rows": len(students), "name": str(course or "")}
        record("report.export", request.user.enterprise, by=None, after=values)
        sheet = grade_sheet(students, self.grades.weights, above=(title,))
        return report_file(sheet, title, self.suffix, request.user.enterprise, self.form)


class GradeRuleEdit(SchoolView, FormView):
    """Set the points of each mark."""

    resource, action = RESOURCE, "set_rules"
    form_class = GradeRuleForm
    template_name = "classes/attendance/grades/rule.html"

    @cached_property
    def rule(self) -> GradeRule:
        school: Any = self.request.user.enterprise
        return rule_of(school)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rule": self.rule}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        assert isinstance(form, GradeRuleForm)
        by: Any = self.request.user
        try:
            set_rule(by=by, seen=form.seen, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        self.success(_("The rule has been saved. Fixed revisions keep the rule that they have."))
        return redirect("classes:report_grades")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Rule of attendance grades"),
            sentence=rule_sentence(weights_of(self.rule)),
            cancel_url=reverse("classes:report_grades"),
            **more,
        )


def _file_links() -> list[tuple[str, str]]:
    return [(reverse(f"classes:report_grades_{kind}"), kind) for kind in ("csv", "xlsx")]
