"""Views of the actions on a person. GET shows a confirmation, POST performs the action."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.models import Role, User
from accounts.people.actions import PERSON_ACTIONS, PersonAction
from accounts.people.forms.person import AuditReasonForm, EraseForm
from accounts.people.impact import find_impact
from accounts.people.services import CONTACTS
from console.policy.views import SchoolView


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
            self.success(self.act.done)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        return redirect(self.person)


class PersonReasonAction(PersonActionView):
    """An action that requires a reason."""

    form_class = AuditReasonForm


class PersonDeactivation(PersonReasonAction):
    """Deactivate a person. The page lists upcoming lessons and groups in charge."""

    action_name = "deactivate"
    template_name = "accounts/people/person_deactivate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            impact_items=find_impact(self.person, self.request.user),
            in_charge=self.person.groups_in_charge.filter(archived_at=None).order_by("name"),
            **kwargs,
        )


class PersonErase(PersonDeactivation):
    """Erase a person in two steps: an explanation with the reason, then the typed user ID."""

    action_name = "erase"
    template_name = "accounts/people/person_erase.html"

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
        return context | {"second": second} | ({} if second else {"submit_label": _("Continue")})


@method_decorator(never_cache, name="dispatch")
class PersonReveal(PersonActionView):
    """Show hidden data once per reason. The response is not cached."""

    form_class = AuditReasonForm

    def render_revealed(self, template: str, **context: Any) -> HttpResponse:
        return render(self.request, template, {"title": str(self.person), "person": self.person, **context})


class PersonContacts(PersonReveal):
    """Show the unmasked phone number and e-mail address."""

    action_name = "contacts"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        names = [name for name in CONTACTS if getattr(self.person, name)]
        self.act.service(person=self.person, by=self.request.user, names=names, **form.cleaned_data)
        return self.render_revealed("accounts/people/person_contacts.html")
