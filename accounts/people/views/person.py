"""Views that add and change a person."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import CreateView, UpdateView

from accounts.models import Role, User
from accounts.people.forms.person import PersonForm
from accounts.people.services import record_reveal
from accounts.sign_in.permissions import ERASED_MESSAGE
from console.policy.views import SchoolView


class PersonFormView(SchoolView):
    """Base view for adding and changing a person."""

    resource = "person"
    model = User
    form_class: Any = PersonForm
    template_name: str | None = "accounts/people/person_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        generic: Any = super()
        return {**generic.get_form_kwargs(), "school": self.request.user.enterprise}

    def form_valid(self, form: Any) -> HttpResponse:
        person: User | None = form.save_by(self.request.user)
        if person is None:
            view: Any = self  # the generic view is among the bases of the subclasses
            invalid: HttpResponse = view.form_invalid(form)
            return invalid
        if person == self.request.user:
            update_session_auth_hash(self.request, person)
        self.success(self.success_message() % {"name": person})
        return redirect(person)

    def success_message(self) -> str:
        raise NotImplementedError


class PersonAdd(PersonFormView, CreateView):
    action = "add"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        texts = {
            "title": _("Add person"),
            "submit_label": _("Add"),
            "cancel_url": reverse("accounts:people"),
        }
        return super().get_context_data(**texts, **kwargs)

    def success_message(self) -> str:
        return _("%(name)s has been added. It is sent to iclass within seconds.")


class PersonEdit(PersonFormView, UpdateView):
    action = "change"
    queryset = User.objects.select_related("enterprise").exclude(role=Role.VISITOR)
    context_object_name = "person"

    def check_allowed(self, obj: Any) -> Any:
        if obj.role == Role.SUPERADMIN and self.request.user.role != Role.SUPERADMIN:
            raise PermissionDenied(_("Only a superadmin can edit a superadmin."))
        if obj.erased_at:
            raise PermissionDenied(ERASED_MESSAGE)
        return super().check_allowed(obj)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record that contacts were shown: the form has the full phone number and e-mail address."""
        response = super().get(request, *args, **kwargs)
        page: Any = response
        if names := page.context_data["form"].unmasked_contacts():
            record_reveal(
                person=self.object,
                by=self.request.user,
                names=names,
                reason=_("opened the form for editing"),
            )
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Edit %(name)s") % {"name": self.object}
        return super().get_context_data(title=title, cancel_url=self.object.get_absolute_url(), **kwargs)

    def success_message(self) -> str:
        return _("Saved. The changes are sent to iclass within seconds.")
