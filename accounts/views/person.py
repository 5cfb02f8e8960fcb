"""Adding a person and changing one."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import CreateView, UpdateView

from accounts.forms import PersonForm
from accounts.models import Role, User
from accounts.services import ERASED, note_reveal
from console.policy.pages import SchoolPage


class PersonPage(SchoolPage):
    """What adding and changing have in common."""

    resource = "person"
    model = User
    form_class = PersonForm
    template_name = "accounts/person_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.request.user.enterprise}

    def form_valid(self, form: PersonForm) -> HttpResponse:
        person = form.save_by(self.request.user)
        if person is None:
            return self.form_invalid(form)
        if person == self.request.user:
            update_session_auth_hash(self.request, person)
        self.say(self.done_words() % {"name": person})
        return redirect(person)

    def done_words(self) -> str:
        raise NotImplementedError


class PersonAdd(PersonPage, CreateView):
    action = "add"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        words = {
            "title": _("Add a person"),
            "submit_label": _("Add"),
            "cancel_url": reverse("accounts:people"),
        }
        return super().get_context_data(**words, **more)

    def done_words(self) -> str:
        return _("%(name)s is added. iclass is told within seconds.")


class PersonEdit(PersonPage, UpdateView):
    action = "change"
    queryset = User.objects.select_related("enterprise").exclude(role=Role.VISITOR)
    context_object_name = "person"

    def allowed(self, obj: User) -> User:
        if obj.role == Role.SUPERADMIN and self.request.user.role != Role.SUPERADMIN:
            raise PermissionDenied(_("Only a superadmin may do this to a superadmin."))
        if obj.erased_at:
            raise PermissionDenied(ERASED)
        return super().allowed(obj)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form shows phone and e-mail in whole, so opening it is on record like any reveal."""
        response = super().get(request, *args, **kwargs)
        if names := response.context_data["form"].shown_whole():
            note_reveal(
                person=self.object, by=request.user, names=names, reason=_("opened the form to change it")
            )
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Change %(name)s") % {"name": self.object}
        return super().get_context_data(title=title, cancel_url=self.object.get_absolute_url(), **more)

    def done_words(self) -> str:
        return _("Saved. What changed goes out to iclass within seconds.")
