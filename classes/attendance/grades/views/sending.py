"""The page that sends a fixed revision to the OneRoster service, after a question."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from classes.attendance.grades.sending.display import planned_reasons
from classes.attendance.grades.sending.plan import PlannedGrade, plan_grades
from classes.attendance.grades.sending.runs import start_sending
from classes.attendance.grades.views.revisions import RevisionBase


class GradeSend(RevisionBase, FormView):
    """Say who would be sent and who would not; then start the job that sends them."""

    action = "send"
    form_class = forms.Form
    template_name = "classes/attendance/grades/send.html"

    @cached_property
    def planned(self) -> list[PlannedGrade]:
        return plan_grades(self.revision)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        try:
            start_sending(revision=self.revision, by=by)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect("classes:grade_revision", self.revision.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        ready = sum(1 for one in self.planned if not one.reason)
        detail = ngettext(
            "The percentage of %(n)d student goes to the gradebook of your student information system. "
            "What an earlier revision left there for this course and term is replaced.",
            "The percentages of %(n)d students go to the gradebook of your student information system. "
            "What an earlier revision left there for this course and term is replaced.",
            ready,
        )
        return super().get_context_data(
            title=_("Send revision %(number)d of the grades of “%(course)s” to OneRoster?")
            % {"number": self.revision.number, "course": self.revision.course},
            detail=detail % {"n": ready},
            unsent=planned_reasons(self.planned),
            submit_label=_("Send"),
            tone="primary",
            cancel_url=reverse("classes:grade_revision", args=[self.revision.pk]),
            **more,
        )
