"""Pages of fixed grades: fix them, one revision, and its files."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from accounts.models import User
from classes.attendance.grades.forms import FixForm, GradeForm
from classes.attendance.grades.queries import RESOURCE, StudentGrade, read_grades, sees_everybody
from classes.attendance.grades.sending.display import sending_state
from classes.attendance.grades.services import fix_grades, fixing_doubts
from classes.attendance.grades.sheet import grade_sheet
from classes.attendance.grades.snapshots import stored_students, stored_weights
from classes.attendance.grades.views.current import describe_difference
from classes.attendance.reports.files import report_file
from classes.attendance.reports.forms import ReportPeriod, period_of_days
from classes.attendance.reports.views import table_context
from classes.models import Course, GradeRevision, Term
from console.audit.trail import record
from console.policy import in_school, may
from console.policy.views import SchoolView


class RevisionDays:
    """The days of a revision, where a report asks a form for them."""

    def __init__(self, revision: GradeRevision) -> None:
        zone = revision.course.enterprise.tz
        self.period: ReportPeriod = period_of_days(revision.since, revision.until, zone)


class GradeFix(SchoolView, FormView):
    """Fix the grades of a course in the term that `?term=` names, after a confirmation."""

    resource, action = RESOURCE, "fix"
    form_class = FixForm
    template_name = "generic/confirm.html"

    @cached_property
    def course(self) -> Course:
        courses = Course.objects.select_related("enterprise", "term")
        return self.get_row(courses, pk=self.kwargs["pk"])

    @cached_property
    def choice(self) -> GradeForm:
        """The course with the term of the query, as the page of the grades chooses it."""
        data = {"course": str(self.course.pk), "term": self.request.GET.get("term", "")}
        form = GradeForm(data, reader=self.request.user)
        form.is_valid()
        form.require_known_rows()
        return form

    @property
    def term(self) -> Term:
        if self.choice.term_chosen is None:
            raise Http404(_("Your school has no term."))
        return self.choice.term_chosen

    @property
    def back(self) -> str:
        query = urlencode({"course": self.course.pk, "term": self.term.pk})
        return f"{reverse('classes:report_grades')}?{query}"

    def get_form_kwargs(self) -> dict[str, Any]:
        doubts = fixing_doubts(read_grades(self.course, self.choice.period).open_lessons)
        return super().get_form_kwargs() | {"doubts": doubts}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        anyway = bool(form.cleaned_data.get("anyway"))
        try:
            revision = fix_grades(course=self.course, term=self.term, by=by, anyway=anyway)
        except ValidationError as error:
            at_field = "anyway" in form.fields or not hasattr(error, "error_dict")
            form.add_error(None, error if at_field else ValidationError(error.messages))
            return self.form_invalid(form)
        self.success(_("The grades have been fixed as revision %(number)d.") % {"number": revision.number})
        return redirect("classes:grade_revision", revision.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Fix the grades of “%(course)s” in %(term)s?")
            % {"course": self.course, "term": self.term},
            detail=_(
                "The grades and the rule are kept as a numbered revision that nobody can change. "
                "Later corrections of marks show as a difference."
            ),
            submit_label=_("Fix the grades"),
            tone="primary",
            cancel_url=self.back,
            **more,
        )


class RevisionBase(SchoolView):
    """Base of the page and the files of a revision, for readers who see its course."""

    resource, action = RESOURCE, "list"

    @cached_property
    def revision(self) -> GradeRevision:
        rows = GradeRevision.objects.select_related("course__enterprise", "course__term", "fixed_by")
        found = in_school(rows, self.request.user, RESOURCE).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        self.check_allowed(found.course)
        return found

    @cached_property
    def students(self) -> list[StudentGrade]:
        """The students of the revision by name; for a student only the reader."""
        reader, body = self.request.user, self.revision.body
        ids = [one.user_id for one in stored_students(body, {})]
        people = User.objects.filter(enterprise=reader.enterprise_id, user_id__in=ids)
        students = stored_students(body, dict(people.values_list("user_id", "nickname")))
        if not sees_everybody(reader, self.revision.course):
            students = [one for one in students if one.user_id == reader.user_id]
        return sorted(students, key=lambda one: (one.nickname, one.user_id))


class RevisionPage(RevisionBase, TemplateView):
    """A fixed revision, and what has changed since."""

    template_name = "classes/attendance/grades/revision.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        one, reader = self.revision, self.request.user
        exports = may(reader, "export", RESOURCE, one.course)
        query = {"course": one.course_id, "term": self._term_key()}
        sending = sending_state(one) if may(reader, "send", RESOURCE, one.course) else None
        return super().get_context_data(
            title=_("Revision %(number)d of the grades of “%(course)s”")
            % {"number": one.number, "course": one.course},
            revision=one,
            difference=self._difference() if sees_everybody(reader, one.course) else "",
            files=_revision_links(one.pk) if exports else (),
            sending=sending,
            live_every=2 if sending and sending.line and sending.line.job.is_open else 0,
            grades_url=f"{reverse('classes:report_grades')}?{urlencode(query)}",
            **table_context(grade_sheet(self.students, stored_weights(one.body))),
            **more,
        )

    def _difference(self) -> str:
        one = self.revision
        return describe_difference(one, read_grades(one.course, RevisionDays(one).period))

    def _term_key(self) -> int | str:
        terms = Term.objects.filter(enterprise=self.revision.enterprise_id, starts_on=self.revision.since)
        return terms.filter(ends_on=self.revision.until).values_list("pk", flat=True).first() or ""


class RevisionFile(RevisionBase, View):
    """Download a revision as it was fixed, and record the export."""

    action = "export"
    suffix = ".xlsx"

    def get(self, request: Any, **kwargs: Any) -> HttpResponseBase:
        one = self.revision
        title = _("Attendance grades %(course)s %(term)s, revision %(number)d") % {
            "course": one.course,
            "term": one.term_name,
            "number": one.number,
        }
        values = {"report": "grades", "file": self.suffix, "rows": len(self.students), "name": title}
        record("report.export", request.user.enterprise, by=None, after=values)
        digest = f"{_('Checksum (SHA-256)')}: {one.digest}"
        sheet = grade_sheet(self.students, stored_weights(one.body), above=(title, digest))
        return report_file(sheet, title, self.suffix, request.user.enterprise, RevisionDays(one))


def _revision_links(pk: int) -> list[tuple[str, str]]:
    return [(reverse(f"classes:grade_revision_{kind}", args=[pk]), kind) for kind in ("csv", "xlsx")]
