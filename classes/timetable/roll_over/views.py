"""Pages of end-of-year roll-overs: list, terms, confirmation, undo, and the deletion of a draft."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, View

from classes.models import RollOver, Term
from classes.timetable.roll_over import services, undo
from classes.timetable.roll_over.forms import TermsForm
from classes.timetable.roll_over.states import is_draft, shown_state
from console.policy.views import SchoolView, paginate_by_key

State = RollOver.State
ROLL_OVERS = RollOver.objects.select_related("enterprise", "ending", "beginning", "job", "by")


class RollOverList(SchoolView, ListView):
    """Roll-overs, the newest first: at most one is a draft."""

    resource, action = "roll_over", "list"
    queryset = ROLL_OVERS
    template_name = "classes/timetable/roll_over/list.html"
    paginate_by = None

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        page = paginate_by_key(self.get_queryset(), self.request)
        open_states = (State.DRAFT, State.APPLYING)
        unfinished = self.get_queryset().filter(state__in=open_states).first()
        return super().get_context_data(
            title=_("End-of-year roll-over"),
            keyset=page,
            lines=[(one, shown_state(one)) for one in page.rows],
            object_list=RollOver.objects.none(),
            draft=unfinished if unfinished and is_draft(unfinished) else None,
            may_add=unfinished is None and self.may("add"),
            **more,
        )


class RollOverTerms(SchoolView, FormView):
    """Choose the terms: of a new draft, or others for the draft in the address."""

    resource = "roll_over"
    form_class = TermsForm
    template_name = "classes/timetable/roll_over/terms.html"

    @cached_property
    def roll_over(self) -> RollOver | None:
        return self.get_row(ROLL_OVERS, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    @cached_property
    def terms(self) -> Any:
        reader: Any = self.request.user
        return Term.objects.filter(enterprise=reader.enterprise_id).order_by("-starts_on", "-id")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.roll_over is not None and not is_draft(self.roll_over):
            return redirect("classes:roll_over", self.roll_over.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "terms": self.terms}

    def get_initial(self) -> dict[str, Any]:
        if self.roll_over is not None:
            return {"ending": self.roll_over.ending_id, "beginning": self.roll_over.beginning_id}
        today = timezone.localdate()
        begun = [one for one in self.terms if one.starts_on <= today]
        later = [one for one in self.terms if one.starts_on > today]
        return {"ending": begun[0] if begun else None, "beginning": later[-1] if later else None}

    def form_valid(self, form: TermsForm) -> HttpResponse:
        by: Any = self.request.user
        try:
            if self.roll_over is None:
                draft = services.start_roll_over(school=by.enterprise, by=by, **form.cleaned_data)
            else:
                draft = services.change_terms(roll_over=self.roll_over, **form.cleaned_data)
        except ValidationError as error:
            form.add_service_error(error)
            return self.form_invalid(form)
        return redirect("classes:roll_over", draft.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("End-of-year roll-over"),
            submit_label=_("Show the preview"),
            cancel_url=reverse("classes:roll_overs"),
            roll_over=self.roll_over,
            **more,
        )


class RollOverApply(SchoolView, View):
    """Carry out a draft as previewed."""

    resource, action = "roll_over", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.get_row(ROLL_OVERS, pk=pk)
        by: Any = request.user
        posted = request.POST
        try:
            services.start_apply(
                roll_over=draft, seen=posted.get("seen", ""), by=by, reason=posted.get("reason", "")
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(f"{reverse('classes:roll_over', args=[pk])}?step=confirm")
        return redirect("classes:roll_over", pk)


class RollOverQuestion(SchoolView, FormView):
    """Base of the questions before something that concerns a whole roll-over."""

    resource = "roll_over"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    @cached_property
    def roll_over(self) -> RollOver:
        return self.get_row(ROLL_OVERS, pk=self.kwargs["pk"])

    def act(self) -> None:
        """Do it; raise ValidationError if it is not possible."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act()
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect(self.get_success_url())


class RollOverUndo(RollOverQuestion):
    """Undo what was carried out."""

    action = "undo"

    def act(self) -> None:
        by: Any = self.request.user
        undo.start_undo(roll_over=self.roll_over, by=by)

    def get_success_url(self) -> str:
        return reverse("classes:roll_over", args=[self.roll_over.pk])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Undo this roll-over?"),
            detail=_(
                "Groups get their grades and names back, deactivated people are active again, and the copied "
                "courses are removed with their lessons, also at iclass. What somebody changed since stays "
                "as it is and is listed."
            ),
            submit_label=_("Undo"),
            cancel_url=self.get_success_url(),
            **more,
        )


class RollOverDiscard(RollOverQuestion):
    """Delete a draft."""

    action = "change"

    def act(self) -> None:
        services.discard_roll_over(roll_over=self.roll_over)
        self.success(_("The draft has been deleted. Nothing was changed."))

    def get_success_url(self) -> str:
        return reverse("classes:roll_overs")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete this draft?"),
            detail=_("Your choices are deleted. Groups, people and courses do not change."),
            submit_label=_("Delete draft"),
            cancel_url=reverse("classes:roll_over", args=[self.roll_over.pk]),
            **more,
        )
