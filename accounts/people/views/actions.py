"""Views of the actions on a person. GET shows a confirmation, POST performs the action."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.models import ErasureRequest, Role, User
from accounts.people.actions import PERSON_ACTIONS, PersonAction
from accounts.people.charges import grades_of_teacher, groups_of_teacher
from accounts.people.erasure_requests import second_administrators
from accounts.people.forms.person import AuditReasonForm, EraseForm
from accounts.people.impact import find_impact
from accounts.people.services import CONTACTS
from accounts.people.subject_access.services import latest_copy
from console.policy.reveal_views import InPlaceReveal
from console.policy.views import SchoolView
from console.undo import offer_undo


class PersonActionView(SchoolView, FormView):
    """An action of `accounts.people.actions`; the URLconf sets `action_name`."""

    resource = "person"
    form_class: type[forms.Form] = forms.Form
    template_name = "generic/confirm.html"
    action_name = ""

    @property
    def act(self) -> PersonAction:
        return PERSON_ACTIONS[self.action_name]

    @property
    def action(self) -> str:  # type: ignore[override]  # pages set it; this one derives it
        return self.act.action

    @cached_property
    def person(self) -> User:
        people = User.objects.select_related("enterprise").exclude(role=Role.VISITOR)
        return self.get_row(people, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"{self.person} · {self.act.question}",
            detail=self.act.detail,
            submit_label=self.act.label,
            tone=self.act.tone,
            cancel_url=self.person.get_absolute_url(),
            **kwargs,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act.service(person=self.person, by=self.request.user, **form.cleaned_data)
            values: dict[str, Any] | None = {} if self.act.is_revocable else None
            offer_undo(self.request, self.act.done, f"person.{self.act.name}", self.person.pk, values)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        return redirect(self.person)


class PersonReasonAction(PersonActionView):
    """An action that requires a reason."""

    form_class = AuditReasonForm


class PersonDataCopy(PersonActionView):
    """Ask for the copy of the data. Only for the data of somebody else a reason is required."""

    action_name = "data"

    def get_form_class(self) -> type[forms.Form]:
        return forms.Form if self.person == self.request.user else AuditReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if self.person != self.request.user:
            return context
        detail = _(
            "The file has a page to read and the same data for machines. Other people in it are "
            "named by their role only. It can be downloaded for %(hours)d hours."
        ) % {"hours": settings.EXPORT_KEEP_HOURS}
        title = _("Make a copy of everything that the console holds about you?")
        return context | {"title": title, "detail": detail}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            source = self.act.service(person=self.person, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            by: Any = self.request.user
            source = latest_copy(self.person, by)
        return redirect("accounts:export", source.pk) if source else redirect(self.person)


class PersonDeactivation(PersonReasonAction):
    """Deactivate a person. The page lists upcoming lessons and groups in charge."""

    action_name = "deactivate"
    template_name = "accounts/people/person_deactivate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            impact_items=find_impact(self.person, self.request.user),
            in_charge=groups_of_teacher(self.person).filter(archived_at=None),
            headed=grades_of_teacher(self.person),
            **kwargs,
        )


class PersonErase(PersonDeactivation):
    """Request to erase a person in two steps: an explanation with the reason, then the typed user ID.

    A second administrator confirms it (`accounts.people.views.erasure_requests`).
    """

    action_name = "erase"
    template_name = "accounts/people/person_erase.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the explanation, or the request that waits for the person already."""
        if waiting := ErasureRequest.waiting().filter(person=self.person).first():
            return redirect("accounts:erasure", waiting.pk)
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> forms.Form:
        if self.request.method == "POST" and "user_id" in self.request.POST:
            return EraseForm(self.request.POST, person=self.person)
        form: forms.Form = super().get_form(form_class)
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not isinstance(form, EraseForm):
            second = EraseForm(initial=form.cleaned_data, person=self.person)
            return self.render_to_response(self.get_context_data(form=second))
        del form.cleaned_data["user_id"]
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        second = isinstance(context["form"], EraseForm)
        by: Any = self.request.user
        context["is_alone"] = not second_administrators(self.person, by).exists()
        label = _("Request erasure") if second else _("Continue")
        return context | {"second": second, "submit_label": label}


@method_decorator(never_cache, name="dispatch")
class PersonContacts(InPlaceReveal, PersonReasonAction):
    """Show the unmasked phone number and e-mail address."""

    action_name = "contacts"

    def back_url(self) -> str:
        return self.person.get_absolute_url()

    def form_valid(self, form: forms.Form) -> HttpResponse:
        names = [name for name in CONTACTS if getattr(self.person, name)]
        self.act.service(person=self.person, by=self.request.user, names=names, **form.cleaned_data)
        return self.render_contacts(self.person, names, _("Back to the person"))
