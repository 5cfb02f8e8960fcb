"""What people decide about a register, as pages: each asks where it is opened and acts on POST."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from classes.attendance import acts, cases
from classes.attendance.drawer import drawer_of
from classes.attendance.rights import may_judge
from classes.forms.register import CloseForm, CorrectForm, WhyForm, preset
from classes.models import Attendance, Lesson
from classes.views.lesson import find_lesson
from console.policy import may
from console.policy.pages import SchoolPage
from console.policy.rules import refusal


class OneRow(SchoolPage):
    """A page about the mark of one person that the reader may see."""

    resource = "attendance"

    @cached_property
    def row(self) -> Attendance:
        rows = Attendance.objects.select_related(
            "lesson__enterprise", "lesson__teacher", "lesson__course", "person"
        )
        return self.find(rows, pk=self.kwargs["pk"])

    @property
    def lesson(self) -> Lesson:
        return self.row.lesson

    def judges(self, action: str) -> bool:
        return may_judge(self.request.user, action, self.lesson)


class AttendanceRow(OneRow, TemplateView):
    """What opens below a row of the register; as a page of its own where there is no script."""

    def get_template_names(self) -> list[str]:
        whole = not self.request.htmx  # type: ignore[attr-defined]
        return ["classes/attendance_row.html" if whole else "classes/_drawer.html"]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        open_ = self.lesson.register_closed_at is None
        corrects = open_ and bool(self.row.derived_mark) and self.judges("correct")
        credits = open_ and self.judges("credit")
        reader: Any = self.request.user
        appeals = may(reader, "add", "appeal") and cases.may_appeal(self.row, reader)
        return super().get_context_data(
            title=self.row.nickname or self.row.user_id,
            lesson=self.lesson,
            drawer=drawer_of(self.row, self.request.user),
            form=preset(self.row) if corrects else None,
            may_appeal=appeals,
            appeal_until=cases.appeal_until(self.lesson),
            may_credit=credits and not self.row.expected,
            may_undo=credits,
            person_link="" if may(self.request.user, "list", "person") else "no",
            **more,
        )


class Judging(SchoolPage, FormView):
    """A form behind which something is decided; what the service refuses stands at its field."""

    resource = "attendance"
    lesson: Lesson
    template_name = "generic/form.html"
    done = ""

    def require(self) -> None:
        super().require()
        asks = self.request.method != "OPTIONS"  # which tells what an address takes and looks at no row
        if asks and not may_judge(self.request.user, self.action, self.lesson):
            raise PermissionDenied(refusal(self.action, self.resource))

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
            return redirect(self.back())
        self.say(self.done)
        return redirect(self.back())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.back(), **more)


class OfRow(Judging, OneRow):
    """Something is decided about one person."""

    def back(self) -> str:
        return f"{reverse('classes:attendance', args=[self.lesson.pk])}#row-{self.row.pk}"


class MarkCorrect(OfRow):
    action = "correct"
    form_class = CorrectForm

    def get_initial(self) -> dict[str, Any]:
        return {"mark": self.row.mark}

    def act(self, data: dict[str, Any]) -> None:
        acts.correct(mark_of=self.row, by=self.request.user, **data)  # type: ignore[arg-type]
        self.done = _("The mark of %(name)s is corrected. What the evidence says stays on record.") % {
            "name": self.row.nickname or self.row.user_id
        }

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Correct the mark of %(name)s") % {"name": self.row.nickname or self.row.user_id}
        return super().get_context_data(title=title, **more)


class OfWhole(Judging):
    """Something is decided about the whole register of a lesson."""

    template_name = "generic/confirm.html"

    @cached_property
    def lesson(self) -> Lesson:  # type: ignore[override]
        return find_lesson(self.request.user, self.kwargs["pk"])


class RegisterClose(OfWhole):
    action = "close"
    form_class = CloseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        marks = Attendance.objects.filter(lesson=self.lesson).only("mark")
        return super().get_form_kwargs() | {"doubts": acts.doubts_of(self.lesson, marks)}

    def act(self, data: dict[str, Any]) -> None:
        revision = acts.close_register(lesson=self.lesson, by=self.request.user, **data)  # type: ignore[arg-type]
        self.done = _("The register is closed as revision %(n)d.") % {"n": revision.number}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Close this register?"),
            detail=_(
                "It gets a number and a digest, and nothing in it changes any more. It can be reopened with "
                "a reason; the revision that you close now is kept."
            ),
            submit_label=_("Close the register"),
            tone="primary",
            **more,
        )


class RegisterReopen(OfWhole):
    action = "reopen"
    form_class = WhyForm

    def act(self, data: dict[str, Any]) -> None:
        acts.reopen_register(lesson=self.lesson, by=self.request.user, **data)  # type: ignore[arg-type]
        self.done = _("The register is open. Closing it again makes the next revision.")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Reopen this register?"),
            detail=_("Marks can be corrected again. The closed revision is kept as it is."),
            submit_label=_("Reopen the register"),
            tone="primary",
            **more,
        )
