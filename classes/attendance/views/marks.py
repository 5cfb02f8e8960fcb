"""Views for decisions about marks and registers: GET asks for confirmation, POST applies."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from classes.attendance import appeals, bulk_corrections, corrections
from classes.attendance.forms.register import (
    CloseForm,
    CorrectForm,
    CorrectManyForm,
    RegisterReasonForm,
    correction_form,
)
from classes.attendance.mark_badges import urgency_key
from classes.attendance.mark_detail import build_mark_detail
from classes.attendance.permissions import correction_ended, may_change_register, refuse_register
from classes.attendance.queries import describe_marks
from classes.attendance.reports.lists import registers_to_close
from classes.lessons.lookup import find_lesson
from classes.models import Attendance, Lesson
from console.inputs.bounds import parse_ids
from console.policy import may
from console.policy.views import SchoolView
from console.ui.template_tags import when


class MarkBase(SchoolView):
    """Base of pages about the mark of one person that the reader may see."""

    resource = "attendance"

    @cached_property
    def row(self) -> Attendance:
        rows = Attendance.objects.select_related(
            "lesson__enterprise", "lesson__teacher", "lesson__course", "person"
        )
        return self.get_row(rows, pk=self.kwargs["pk"])

    @property
    def lesson(self) -> Lesson:
        return self.row.lesson

    def may_change(self, action: str) -> bool:
        return may_change_register(self.request.user, action, self.lesson)


class MarkDetailPage(MarkBase, TemplateView):
    """The detail that opens below a row of the register, or a separate page without script."""

    def get_template_names(self) -> list[str]:
        whole = not self.request.htmx
        return ["classes/attendance/mark_detail.html" if whole else "classes/attendance/_mark_detail.html"]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        open_ = self.lesson.register_closed_at is None
        corrects = open_ and bool(self.row.derived_mark) and self.may_change("correct")
        credits = open_ and self.may_change("credit")
        reader: Any = self.request.user
        may_appeal = may(reader, "add", "appeal") and appeals.may_appeal(self.row, reader)
        return super().get_context_data(
            title=self.row.nickname or self.row.user_id,
            lesson=self.lesson,
            drawer=build_mark_detail(self.row, self.request.user),
            form=correction_form(self.row) if corrects else None,
            correction_ended=correction_ended(reader, self.lesson) if open_ and self.row.derived_mark else "",
            may_appeal=may_appeal,
            appeal_until=appeals.appeal_until(self.lesson),
            may_credit=credits and not self.row.expected,
            may_undo=credits,
            person_link="" if may(self.request.user, "list", "person") else "no",
            **more,
        )


class DecisionFormView(SchoolView, FormView):
    """Base of decision forms; errors of the service are shown at their fields."""

    resource = "attendance"
    lesson: Lesson
    template_name = "generic/form.html"
    done = ""

    def require(self) -> None:
        super().require()
        checks_row = self.request.method != "OPTIONS"  # OPTIONS describes the view and reads no row
        if checks_row and not may_change_register(self.request.user, self.action, self.lesson):
            raise PermissionDenied(refuse_register(self.request.user, self.action, self.lesson))

    def act(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def back(self) -> str:
        return reverse("classes:attendance", args=[self.lesson.pk])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form.cleaned_data)
        except ValidationError as error:
            if hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields):
                form.add_error(None, error)
                return self.form_invalid(form)
            messages.error(self.request, " ".join(error.messages))
            return self.go_back(self.back())
        self.announce()
        return self.go_back(self.back())

    def announce(self) -> None:
        """Say that it is done."""
        self.success(self.done)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.back(), **more)


class MarkDecision(DecisionFormView, MarkBase):
    """Base of decisions about one person."""

    def back(self) -> str:
        """Return the register with the row in view; `corrected` lets it offer the next row."""
        register = reverse("classes:attendance", args=[self.lesson.pk])
        corrected = f"?corrected={self.row.pk}" if self.done else ""
        return f"{register}{corrected}#row-{self.row.pk}"


class MarkCorrect(MarkDecision):
    action = "correct"
    form_class = CorrectForm

    def get_initial(self) -> dict[str, Any]:
        return {"mark": self.row.mark}

    def act(self, data: dict[str, Any]) -> None:
        corrections.correct_mark(mark_of=self.row, by=self.request.user, **data)
        self.done = _("The mark of %(name)s has been corrected. The original evidence is kept.") % {
            "name": self.row.nickname or self.row.user_id
        }

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Correct the mark of %(name)s") % {"name": self.row.nickname or self.row.user_id}
        return super().get_context_data(title=title, **more)


class RegisterDecision(DecisionFormView):
    """Base of decisions about the whole register of a lesson."""

    template_name = "generic/confirm.html"

    @cached_property
    def lesson(self) -> Lesson:  # type: ignore[override]  # only one of the two is cached
        return find_lesson(self.request.user, self.kwargs["pk"])


class MarksCorrect(RegisterDecision):
    """Set one mark for the students that are selected in the register; the register posts to this page.

    What was refused is shown here with the selection, mark and reason, and the marks as they are now.
    """

    action = "correct"
    form_class = CorrectManyForm
    template_name = "classes/attendance/correct_marks.html"

    def act(self, data: dict[str, Any]) -> None:
        by: Any = self.request.user
        number = bulk_corrections.correct_marks(
            lesson=self.lesson, seen=data["chosen"], mark=data["mark"], reason=data["reason"], by=by
        )
        self.done = ngettext(
            "%(n)d mark has been corrected. The original evidence is kept.",
            "%(n)d marks have been corrected. The original evidence is kept.",
            number,
        ) % {"n": number}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(self.done)
        return redirect(self.back())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        values = self.request.POST.getlist("chosen")
        keys = parse_ids(value.partition(".")[0] for value in values)
        rows = Attendance.objects.filter(lesson=self.lesson, pk__in=keys).exclude(derived_mark="")
        return super().get_context_data(
            title=_("Correct several marks"),
            submit_label=_("Correct"),
            students=sorted(rows.select_related("person"), key=urgency_key),
            **more,
        )


class RegisterClose(RegisterDecision):
    """Closes the register and offers the next one that waits for the reader."""

    action = "close"
    form_class = CloseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        marks = Attendance.objects.filter(lesson=self.lesson).only("mark")
        return super().get_form_kwargs() | {"doubts": corrections.closing_doubts(self.lesson, marks)}

    def act(self, data: dict[str, Any]) -> None:
        corrections.close_register(lesson=self.lesson, by=self.request.user, **data)
        self.done = (
            _("The register of “%(topic)s”, %(when)s, is closed: %(marks)s.") % self._lesson_in_words()
        )
        waiting = registers_to_close(self.request.user).exclude(pk=self.lesson.pk)
        if following := waiting.order_by("starts_at", "pk").first():
            url = reverse("classes:attendance", args=[following.pk])
            link = format_html('<a class="btn" href="{}">{}</a>', url, _("Next register"))
            self.done = format_html("{} {}", self.done, link)

    def _lesson_in_words(self) -> dict[str, str]:
        lesson = self.lesson
        return {"topic": lesson.topic, "when": when(lesson.starts_at), "marks": describe_marks(lesson)}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Close this register?"),
            detail=_(
                "“%(topic)s”, %(when)s: %(marks)s. A closed register no longer changes. You can "
                "reopen it with a reason; the revision that you close now is kept."
            )
            % self._lesson_in_words(),
            submit_label=_("Close register"),
            tone="primary",
            **more,
        )


class RegisterReopen(RegisterDecision):
    action = "reopen"
    form_class = RegisterReasonForm

    def act(self, data: dict[str, Any]) -> None:
        corrections.reopen_register(lesson=self.lesson, by=self.request.user, **data)
        self.done = _("The register has been reopened. Closing it again creates the next revision.")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Reopen this register?"),
            detail=_("Marks can be corrected again. The closed revision does not change."),
            submit_label=_("Reopen register"),
            tone="primary",
            **more,
        )
