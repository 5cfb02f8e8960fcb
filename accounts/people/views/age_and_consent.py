"""Pages of a person's age and consent, for the office."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.models import Consent, Role, User
from accounts.people.age_and_consent import record_view, sees_age
from accounts.people.forms.age_and_consent import AgeForm, ConsentForm
from accounts.sign_in.permissions import ERASED_MESSAGE, protect_superadmin
from console.policy.views import SchoolView


@method_decorator(never_cache, name="dispatch")
class PrivateFacts(SchoolView, FormView):
    """Base of the two forms. Showing one is recorded: what it shows is encrypted."""

    resource, action = "person", "change"
    template_name = "accounts/people/person_private.html"

    @cached_property
    def person(self) -> User:
        people = User.objects.select_related("enterprise").exclude(role=Role.VISITOR)
        person: User = self.get_row(people, pk=self.kwargs["pk"])
        protect_superadmin(person, self.request.user)
        if person.erased_at:
            raise PermissionDenied(ERASED_MESSAGE)
        if not sees_age(self.request.user, "change"):
            raise PermissionDenied
        return person

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """Record each look at the page: a form that is sent back shows the same."""
        record_view(person=self.person, by=self.request.user)
        response: HttpResponse = super().render_to_response(context, **more)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def form_valid(self, form: Any) -> HttpResponse:
        if not form.save_by(self.request.user):
            invalid: HttpResponse = self.form_invalid(form)
            return invalid
        self.success(_("Saved."))
        return redirect(self.person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consents = Consent.objects.filter(person=self.person).select_related("by")
        return super().get_context_data(
            title=f"{self.person} · {self.title()}",
            person=self.person,
            consents=consents,
            cancel_url=self.person.get_absolute_url(),
            **kwargs,
        )

    def title(self) -> str:
        raise NotImplementedError


class PersonAge(PrivateFacts):
    form_class = AgeForm

    def title(self) -> str:
        return _("Age")


class PersonConsent(PrivateFacts):
    form_class = ConsentForm

    def title(self) -> str:
        return _("Consent")
