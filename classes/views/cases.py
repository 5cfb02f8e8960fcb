"""Appeals, leave, and guests who are somebody known, as pages."""

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
from classes.attendance import acts, cases
from classes.attendance.drops import drops_of
from classes.attendance.rights import may_judge
from classes.attendance.sentence import sentence
from classes.forms.cases import AnswerForm, AppealForm, CreditForm, LeaveForm
from classes.models import Appeal, Attendance, Credit, Leave, Lesson
from classes.timeline import clock
from classes.views.register import Judging, OfRow, OfWhole, OneRow
from console.policy import in_school, may, scoped
from console.policy.pages import SchoolPage
from console.policy.rules import refusal


class AppealAdd(OneRow, FormView):
    """A student contests the own mark."""

    template_name = "generic/form.html"
    form_class = AppealForm

    def require(self) -> None:
        super().require()
        asks = self.request.method != "OPTIONS"  # which tells what an address takes and looks at no row
        mine = may(self.request.user, "add", "appeal")
        if not mine or (asks and self.row.person_id != self.request.user.pk):
            raise PermissionDenied(refusal("add", "appeal"))

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        try:
            made = cases.appeal(mark_of=self.row, by=by, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.say(_("Your appeal is on its way to the teacher. You are told when it is answered."))
        return redirect("classes:appeal", made.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Appeal against this mark"),
            submit_label=_("Send the appeal"),
            cancel_url=reverse("classes:attendance", args=[self.lesson.pk]),
            **more,
        )


class Appeals(SchoolPage, ListView):
    """The appeals that the reader may see; those that wait first."""

    resource, action = "appeal", "list"
    queryset = Appeal.objects.select_related("lesson", "person")
    template_name = "classes/appeals.html"

    def get_queryset(self) -> QuerySet[Appeal]:
        rows: QuerySet[Appeal] = super().get_queryset()
        state = self.request.GET.get("state", "")
        return (rows.filter(state=state) if state in Appeal.State.values else rows).order_by("-id")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Appeals"),
            states=Appeal.State.choices,
            chosen=self.request.GET.get("state", ""),
            **more,
        )


class OfAppeal(SchoolPage):
    """A page about one appeal that the reader may see."""

    resource = "appeal"

    @cached_property
    def appeal(self) -> Appeal:
        rows = Appeal.objects.select_related("lesson__enterprise", "lesson__teacher", "person", "answered_by")
        return self.find(rows, pk=self.kwargs["pk"])

    def told(self) -> dict[str, Any]:
        """The appeal, the evidence of its day in words, and the mark as it stands now."""
        lesson, evidence = self.appeal.lesson, self.appeal.evidence
        return {
            "title": _("Appeal"),
            "appeal": self.appeal,
            "lesson": lesson,
            "sentence": sentence(evidence["mark"], evidence["facts"], lesson.enterprise.tz),
            "now": Attendance.objects.filter(lesson=lesson, person=self.appeal.person).first(),
        }


class AppealPage(OfAppeal, TemplateView):
    """One appeal with the evidence of its day, and for who may answer it the form."""

    template_name = "classes/appeal.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        open_ = self.appeal.state == Appeal.State.OPEN
        answers = open_ and may_judge(self.request.user, "answer", self.appeal.lesson)
        return super().get_context_data(form=AnswerForm() if answers else None, **self.told(), **more)


class AppealAnswer(OfAppeal, Judging):
    """The answer to an appeal."""

    resource, action = "attendance", "answer"
    form_class = AnswerForm
    template_name = "classes/appeal.html"

    @cached_property
    def appeal(self) -> Appeal:
        rows = Appeal.objects.select_related("lesson__enterprise", "lesson__teacher", "person")
        found = in_school(rows, self.request.user, "appeal").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such thing in your school."))
        return found

    @property
    def lesson(self) -> Lesson:  # type: ignore[override]
        return self.appeal.lesson

    def back(self) -> str:
        return reverse("classes:appeal", args=[self.appeal.pk])

    def act(self, data: dict[str, Any]) -> None:
        by: Any = self.request.user
        granted = data["decision"] == "grant"
        cases.answer(appeal=self.appeal, granted=granted, text=data["text"], mark=data["mark"], by=by)
        self.done = _("The appeal is answered, and the student is told.")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**self.told(), **more)


class GuestCredit(OfRow):
    """A guest's stays count for somebody on the list."""

    action = "credit"
    form_class = CreditForm

    def get_form_kwargs(self) -> dict[str, Any]:
        people = User.objects.filter(memberships__lesson=self.lesson, memberships__role="student")
        return super().get_form_kwargs() | {"people": people.order_by("nickname", "user_id")}

    def act(self, data: dict[str, Any]) -> None:
        cases.credit(guest=self.row, by=self.request.user, **data)  # type: ignore[arg-type]
        self.done = _("The stays count for %(name)s now.") % {"name": data["person"].nickname}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Who was %(name)s?") % {"name": self.row.nickname or self.row.user_id}
        return super().get_context_data(title=title, **more)


class CreditUndo(Judging):
    """A guest's stays count for nobody again."""

    action = "credit"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    @cached_property
    def credit(self) -> Credit:
        rows = Credit.objects.select_related("lesson__enterprise", "lesson__teacher", "person")
        found = rows.filter(pk=self.kwargs["pk"], lesson__enterprise=self.request.user.enterprise_id).first()  # type: ignore[union-attr]
        if found is None:
            raise Http404(_("There is no such thing in your school."))
        return found

    @cached_property
    def lesson(self) -> Lesson:  # type: ignore[override]
        return self.credit.lesson

    def act(self, data: dict[str, Any]) -> None:
        cases.undo_credit(credit=self.credit, by=self.request.user)  # type: ignore[arg-type]
        self.done = _("The guest stands for nobody again.")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Take this back?"),
            detail=_("The stays of %(guest)s no longer count for %(name)s.")
            % {"guest": self.credit.guest_id, "name": self.credit.person.nickname},
            submit_label=_("Take it back"),
            tone="primary",
            **more,
        )


class DropExcuse(OfWhole):
    """Everybody who dropped out within one minute is excused at once; `?at=` names the minute."""

    action = "excuse"
    form_class = forms.Form

    @cached_property
    def drop(self) -> Any:
        marks = Attendance.objects.filter(lesson=self.lesson).values_list("user_id", "reason")
        at = self.request.GET.get("at", "")
        return next((one for one in drops_of(dict(marks)) if at in ("", str(one.at))), None)

    def act(self, data: dict[str, Any]) -> None:
        if self.drop is None:
            raise ValidationError(_("Nobody dropped out there."))
        count = acts.excuse(
            lesson=self.lesson,
            user_ids=self.drop.who,
            reason=_("Many dropped out at once, at %(time)s.") % {"time": clock(self.drop.at)},
            by=self.request.user,  # type: ignore[arg-type]
        )
        self.done = _("Excused: %(n)d. Who was present stays present.") % {"n": count}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        names = ", ".join(self.drop.who) if self.drop else "–"
        return super().get_context_data(
            title=_("Excuse all who dropped out?"),
            detail=_("These left within one minute: %(names)s. Each gets a correction of their own.")
            % {"names": names},
            submit_label=_("Excuse them"),
            tone="primary",
            **more,
        )


class Leaves(SchoolPage, ListView):
    """Leave of absence, the latest first; a student's own alone."""

    resource, action = "leave", "list"
    queryset = Leave.objects.select_related("person", "by")
    template_name = "classes/leaves.html"

    def get_queryset(self) -> QuerySet[Leave]:
        rows: QuerySet[Leave] = super().get_queryset()
        words = self.request.GET.get("q", "").strip()
        found = rows.filter(person__nickname__icontains=words) | rows.filter(person__user_id__icontains=words)
        return found if words else rows

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Leave"),
            search_label=_("Name or user id"),
            may_add=self.may("add"),
            may_withdraw=self.may("withdraw"),
            **more,
        )


class LeaveAdd(SchoolPage, FormView):
    """Leave for one student."""

    resource, action = "leave", "add"
    form_class = LeaveForm
    template_name = "generic/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = scoped(User.objects.all(), self.request.user, "person", "list")
        return super().get_form_kwargs() | {"people": people.filter(role="student", is_active=True)}

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.request.GET.get("person", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        try:
            cases.grant_leave(by=by, **form.told())
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.say(_("The leave is entered. What is missed in it counts as excused."))
        return redirect("classes:leaves")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Enter leave"), cancel_url=reverse("classes:leaves"), **more)


class LeaveWithdraw(SchoolPage, FormView):
    """Leave is taken back."""

    resource, action = "leave", "withdraw"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    @cached_property
    def leave(self) -> Leave:
        return self.find(Leave.objects.select_related("person"), pk=self.kwargs["pk"])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by: Any = self.request.user
        cases.withdraw_leave(leave=self.leave, by=by)
        self.say(_("The leave is taken back."))
        return redirect("classes:leaves")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Take back the leave of %(name)s?") % {"name": self.leave.person.nickname},
            detail=_("What it excused in open registers counts again."),
            submit_label=_("Take it back"),
            cancel_url=reverse("classes:leaves"),
            tone="primary",
            **more,
        )
