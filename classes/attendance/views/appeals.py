"""Views of appeals, guest credits, mass drops and callback differences."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView

from accounts.models import User
from classes.attendance import appeals, corrections
from classes.attendance.callback_differences import (
    MAX_SHOWN,
    describe_differences,
    keep_marks,
    undecided_differences,
)
from classes.attendance.explanation import explain_mark
from classes.attendance.forms.appeals import AnswerForm, AppealForm, CreditForm
from classes.attendance.forms.filters import AppealFilter
from classes.attendance.mass_drops import lesson_mass_drops
from classes.attendance.permissions import may_change_register
from classes.attendance.tables import APPEAL_TABLE
from classes.attendance.timeline import format_clock
from classes.attendance.views.marks import DecisionFormView, MarkBase, MarkDecision, RegisterDecision
from classes.models import Appeal, Attendance, CallbackDifference, GuestCredit, Lesson, Mark
from console.lists.views import TableView
from console.policy import in_school, may
from console.policy.rules import refusal_message
from console.policy.shown_rows import ShownRowsForm, join_keys, left_open_message
from console.policy.views import SchoolView
from console.undo import offer_undo


class AppealAdd(MarkBase, FormView):
    """File an appeal against one's own mark."""

    template_name = "generic/form.html"
    form_class = AppealForm

    def require(self) -> None:
        super().require()
        checks_row = self.request.method != "OPTIONS"  # OPTIONS describes the view and reads no row
        allowed = may(self.request.user, "add", "appeal")
        if not allowed or (checks_row and self.row.person_id != self.request.user.pk):
            raise PermissionDenied(refusal_message(self.request.user, "add", "appeal"))

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        try:
            appeal = appeals.file_appeal(mark_of=self.row, by=by, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.success(_("Your appeal has been sent to the teacher. You are notified when it is answered."))
        return redirect("classes:appeal", appeal.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Appeal against this mark"),
            submit_label=_("Submit appeal"),
            cancel_url=reverse("classes:attendance", args=[self.lesson.pk]),
            **more,
        )


class AppealList(TableView, ListView):
    """The appeals that the reader may see, the newest first."""

    resource, action = "appeal", "list"
    table = APPEAL_TABLE
    queryset = Appeal.objects.select_related("lesson", "person", "answered_by")
    template_name = "classes/attendance/appeals.html"

    @cached_property
    def filter(self) -> AppealFilter:
        return AppealFilter(self.request.GET, reader=self.request.user)

    def get_queryset(self) -> QuerySet[Appeal]:
        rows: QuerySet[Appeal] = super().get_queryset()
        order = self.table_state.order or self.table.order_of(self.table.default_sort)
        return self.filter.narrow(rows).order_by(*order)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Appeals"), search_label=_("Name or user ID"), filter_form=self.filter, **more
        )


class AppealBase(SchoolView):
    """Base of pages about one appeal that the reader may see."""

    resource = "appeal"

    @cached_property
    def appeal(self) -> Appeal:
        rows = Appeal.objects.select_related("lesson__enterprise", "lesson__teacher", "person", "answered_by")
        return self.get_row(rows, pk=self.kwargs["pk"])

    def appeal_context(self) -> dict[str, Any]:
        """Return the appeal, the explanation of its evidence, and the current mark."""
        lesson, evidence = self.appeal.lesson, self.appeal.evidence
        return {
            "title": _("Appeal"),
            "appeal": self.appeal,
            "lesson": lesson,
            "sentence": explain_mark(evidence["mark"], evidence["facts"], lesson.enterprise.tz),
            "now": Attendance.objects.filter(lesson=lesson, person=self.appeal.person).first(),
        }


class AppealPage(AppealBase, TemplateView):
    """One appeal with its evidence, and the answer form if the reader may answer it."""

    template_name = "classes/attendance/appeal.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        open_ = self.appeal.state == Appeal.State.OPEN
        may_answer = open_ and may_change_register(self.request.user, "answer", self.appeal.lesson)
        return super().get_context_data(
            form=AnswerForm() if may_answer else None, **self.appeal_context(), **more
        )


class AppealAnswer(AppealBase, DecisionFormView):
    """Answer an appeal."""

    resource, action = "attendance", "answer"
    form_class = AnswerForm
    template_name = "classes/attendance/appeal.html"

    @cached_property
    def appeal(self) -> Appeal:
        rows = Appeal.objects.select_related("lesson__enterprise", "lesson__teacher", "person")
        found = in_school(rows, self.request.user, "appeal").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return found

    @property
    def lesson(self) -> Lesson:  # type: ignore[override]  # only one of the two is cached
        return self.appeal.lesson

    def back(self) -> str:
        return reverse("classes:appeal", args=[self.appeal.pk])

    def act(self, data: dict[str, Any]) -> None:
        by: Any = self.request.user
        granted = data["decision"] == "grant"
        appeals.answer_appeal(
            appeal=self.appeal, granted=granted, text=data["text"], mark=data["mark"], by=by
        )
        self.done = _("The appeal has been answered and the student has been notified.")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**self.appeal_context(), **more)


class GuestCreditCreate(MarkDecision):
    """Credit the stays of a guest to a member, which can be taken back."""

    action = "credit"
    form_class = CreditForm
    credit: GuestCredit

    def get_form_kwargs(self) -> dict[str, Any]:
        people = User.objects.filter(memberships__lesson=self.lesson, memberships__role="student")
        return super().get_form_kwargs() | {"people": people.order_by("sort_name", "user_id")}

    def act(self, data: dict[str, Any]) -> None:
        self.credit = appeals.add_credit(guest=self.row, by=self.request.user, **data)
        self.done = _("This attendance now counts for %(name)s.") % {"name": data["person"].nickname}

    def announce(self) -> None:
        offer_undo(self.request, self.done, "guest.match", self.credit.pk, {})

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Who was %(name)s?") % {"name": self.row.nickname or self.row.user_id}
        return super().get_context_data(title=title, **more)


class CreditUndo(DecisionFormView):
    """Undo the credit of a guest, which can be taken back."""

    action = "credit"
    form_class = forms.Form
    http_method_names = ["post", "options"]
    values: dict[str, str] | None = None

    @cached_property
    def credit(self) -> GuestCredit:
        rows = GuestCredit.objects.select_related("lesson__enterprise", "lesson__teacher", "person")
        found = rows.filter(pk=self.kwargs["pk"], lesson__enterprise=self.request.user.enterprise_id).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return found

    @cached_property
    def lesson(self) -> Lesson:  # type: ignore[override]  # only one of the two is cached
        return self.credit.lesson

    def act(self, data: dict[str, Any]) -> None:
        self.values = appeals.undo_credit(credit=self.credit, by=self.request.user)
        self.done = _("Undone. The guest is no longer matched with a student.")

    def announce(self) -> None:
        offer_undo(self.request, self.done, "guest.unmatch", self.credit.pk, self.values)


class DropExcuse(RegisterDecision):
    """Excuse everybody who left in a mass drop; `?at=` names its start."""

    action = "excuse"
    form_class = ShownRowsForm

    @cached_property
    def drop(self) -> Any:
        marks = Attendance.objects.filter(lesson=self.lesson).values_list("user_id", "reason")
        at = self.request.GET.get("at", "")
        return next((one for one in lesson_mass_drops(dict(marks)) if at in ("", str(one.at))), None)

    @cached_property
    def rows(self) -> QuerySet[Attendance]:
        """The rows of the register of those who left."""
        return Attendance.objects.filter(lesson=self.lesson, user_id__in=self.drop.who if self.drop else ())

    def get_initial(self) -> dict[str, Any]:
        return {"shown": join_keys(self.rows.values_list("pk", flat=True))}

    def act(self, data: dict[str, Any]) -> None:
        if self.drop is None:
            raise ValidationError(_("No one disconnected at this time."))
        count = corrections.excuse_people(
            lesson=self.lesson,
            user_ids=self.rows.filter(pk__in=data["shown"]).values_list("user_id", flat=True),
            reason=_("Many disconnected at once at %(time)s.") % {"time": format_clock(self.drop.at)},
            by=self.request.user,
        )
        done = _("Excused: %(n)d. Students who were present stay present.") % {"n": count}
        later = self.rows.exclude(pk__in=data["shown"]).exclude(mark__in=("", Mark.PRESENT, Mark.EXCUSED))
        self.done = " ".join(filter(None, (done, left_open_message(later.count()))))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        names = ", ".join(self.drop.who) if self.drop else "–"
        return super().get_context_data(
            title=_("Excuse everyone who disconnected?"),
            detail=_("These students left within one minute: %(names)s. Each gets a separate correction.")
            % {"names": names},
            submit_label=_("Excuse"),
            tone="primary",
            **more,
        )


class DifferencesKeep(RegisterDecision):
    """Keep the marks in spite of callbacks that contradict the final register."""

    action = "correct"
    form_class = ShownRowsForm

    @cached_property
    def differences(self) -> list[CallbackDifference]:
        return list(undecided_differences(self.lesson)[:MAX_SHOWN])

    def get_initial(self) -> dict[str, Any]:
        return {"shown": join_keys(one.pk for one in self.differences)}

    def act(self, data: dict[str, Any]) -> None:
        if not keep_marks(lesson=self.lesson, seen=data["shown"], by=self.request.user):
            raise ValidationError(_("Someone has already decided this."))
        done = _("The marks do not change. The decision is recorded.")
        left = undecided_differences(self.lesson).count()
        self.done = " ".join(filter(None, (done, left_open_message(left))))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Keep the current marks?"),
            detail=" ".join(one.sentence for one in describe_differences(self.lesson, self.differences)),
            submit_label=_("Keep marks"),
            tone="primary",
            **more,
        )
