"""Pages of requests to erase a person: what waits, one request with its answer, and withdrawing it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from accounts.models import ErasureRequest
from accounts.people import erasure_requests as services
from accounts.people.forms.erasure import ErasureAnswerForm
from accounts.people.impact import find_impact
from console.concurrency import Conflict
from console.policy.edit_views import DeleteAtOnce
from console.policy.views import SchoolView
from console.ui.badges import Badge

State = ErasureRequest.State
STATE_BADGES = {
    State.WAITING: Badge(State.WAITING.label, "hourglass", "warn", ""),
    State.CONFIRMED: Badge(State.CONFIRMED.label, "eraser", "ok", ""),
    State.DECLINED: Badge(State.DECLINED.label, "circle-x", "bad", ""),
    State.WITHDRAWN: Badge(State.WITHDRAWN.label, "circle-minus", "idle", ""),
    State.EXPIRED: Badge(State.EXPIRED.label, "clock-x", "idle", ""),
}


class ErasureRequestList(SchoolView, ListView):
    """All requests of the school, the newest first."""

    resource, action = "erasure", "list"
    queryset = ErasureRequest.objects.select_related("person", "requested_by", "answered_by")
    template_name = "accounts/people/erasure_requests.html"

    def get_queryset(self) -> QuerySet[ErasureRequest]:
        rows: QuerySet[ErasureRequest] = super().get_queryset()
        return rows.order_by("-id")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(title=_("Erasure requests"), **more)
        return context | {"rows": [(one, STATE_BADGES[one.shown_state]) for one in context["page_obj"]]}


class ErasureRequestBase(SchoolView):
    """Base of pages about one request."""

    resource = "erasure"

    @cached_property
    def erasure(self) -> ErasureRequest:
        rows = ErasureRequest.objects.select_related("person__enterprise", "requested_by", "answered_by")
        return self.get_row(rows, pk=self.kwargs["pk"])


class ErasureRequestPage(ErasureRequestBase, FormView):
    """One request; whoever may decide confirms it or declines it with a sentence."""

    form_class = ErasureAnswerForm
    template_name = "accounts/people/erasure_request.html"

    @property
    def may_answer(self) -> bool:
        reader = self.request.user
        return services.requests_to_answer(reader).filter(pk=self.erasure.pk).exists()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.action = "answer"
        self.require()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.erasure.person}

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        confirmed = form.cleaned_data["decision"] == "confirm"
        try:
            services.answer_erasure(
                request=self.erasure, confirmed=confirmed, text=form.cleaned_data["text"], by=by
            )
        except Conflict as error:
            self.warning(" ".join(error.messages))
            return redirect("accounts:erasure", self.erasure.pk)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if not confirmed:
            self.success(_("Declined. Nothing was erased, and the requester has been notified."))
            return redirect("accounts:erasure", self.erasure.pk)
        self.success(
            _(
                "Erased. The change is sent to iclass within seconds. What iclass keeps is "
                "listed on this page."
            )
        )
        return redirect(self.erasure.person)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        erasure, reader = self.erasure, self.request.user
        is_own = erasure.requested_by_id == reader.pk
        return super().get_context_data(
            title=_("Erasure request"),
            erasure=erasure,
            badge=STATE_BADGES[erasure.shown_state],
            may_answer=self.may_answer,
            is_own=is_own,
            only_declined=services.refused_confirmation(erasure, reader) if self.may_answer else "",
            may_withdraw=is_own and erasure.is_waiting and self.may("withdraw", erasure),
            is_alone=erasure.is_waiting
            and not services.second_administrators(erasure.person, erasure.requested_by).exists(),
            impact_items=find_impact(erasure.person, reader) if erasure.is_waiting else [],
            **more,
        )


class ErasureWithdraw(ErasureRequestBase, DeleteAtOnce):
    """Withdraw one's own request."""

    action, undo = "withdraw", "person.erase_withdraw"
    saved_message = gettext_lazy("Your request has been withdrawn.")

    def remove(self, by: Any) -> dict[str, Any] | None:
        return {} if services.withdraw_erasure(request=self.erasure, by=by) else None

    def back_url(self) -> str:
        return reverse("accounts:erasure", args=[self.erasure.pk])
