"""The addresses of the acts on a person: each asks where it is opened, and acts on POST."""

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

from accounts.acts import ACTS, Act
from accounts.forms import EraseForm, ReasonForm
from accounts.impact import touched_by
from accounts.models import Role, User
from accounts.services import CONTACTS
from console.policy.pages import SchoolPage


class PersonAct(SchoolPage, FormView):
    """One act of `accounts.acts`, named where it hangs in the addresses."""

    resource = "person"
    form_class: type[forms.Form] = forms.Form
    template_name = "generic/confirm.html"
    act_name = ""

    @property
    def act(self) -> Act:
        return ACTS[self.act_name]

    @property
    def action(self) -> str:
        return self.act.action

    @cached_property
    def person(self) -> User:
        people = User.objects.select_related("enterprise").exclude(role=Role.VISITOR)
        return self.find(people, pk=self.kwargs["pk"])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"{self.person} · {self.act.question}",
            detail=self.act.detail,
            submit_label=self.act.label,
            tone=self.act.tone,
            cancel_url=self.person.get_absolute_url(),
            **more,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act.do(person=self.person, by=self.request.user, **form.cleaned_data)
            self.say(self.act.done)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        return redirect(self.person)


class PersonDeactivate(PersonAct):
    """Acts that want a reason."""

    form_class = ReasonForm


class PersonLeave(PersonDeactivate):
    """Somebody leaves: the page shows the lessons to come that go on without them."""

    act_name = "deactivate"
    template_name = "accounts/person_leave.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            touched=touched_by(self.person, self.request.user),
            in_charge=self.person.groups_in_charge.filter(archived_at=None).order_by("name"),
            **more,
        )


class PersonErase(PersonLeave):
    """Erases in two steps: what goes and what stays, with the reason; then the user id, typed."""

    act_name = "erase"
    template_name = "accounts/person_erase.html"

    def get_form(self, form_class: Any = None) -> forms.Form:
        if self.request.method == "POST" and "user_id" in self.request.POST:
            return EraseForm(self.request.POST, person=self.person)
        return super().get_form(form_class)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not isinstance(form, EraseForm):
            second = EraseForm(initial=form.cleaned_data, person=self.person)
            return self.render_to_response(self.get_context_data(form=second))
        del form.cleaned_data["user_id"]
        return super().form_valid(form)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        second = isinstance(context["form"], EraseForm)
        return context | {"second": second} | ({} if second else {"submit_label": _("Go on")})


@method_decorator(never_cache, name="dispatch")
class PersonReveal(PersonAct):
    """Shows what is hidden elsewhere, once for each reason that is given; the browser keeps no copy."""

    form_class = ReasonForm

    def shown(self, template: str, **context: Any) -> HttpResponse:
        return render(self.request, template, {"title": str(self.person), "person": self.person, **context})


class PersonContacts(PersonReveal):
    """Phone and e-mail in whole."""

    act_name = "contacts"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        names = [name for name in CONTACTS if getattr(self.person, name)]
        self.act.do(person=self.person, by=self.request.user, names=names, **form.cleaned_data)
        return self.shown("accounts/person_contacts.html")
