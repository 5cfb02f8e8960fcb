"""Page of somebody who forgot their password. It answers everybody alike."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.models import Enterprise
from accounts.sign_in import forgotten_passwords, lockout, remembered_school
from accounts.sign_in.forms.sign_in import ForgottenPasswordForm
from accounts.sign_in.school_pages import full_login
from console.http.client_address import client_address
from console.policy.database_scope import as_owner

HTTP_TOO_MANY_REQUESTS = 429


@method_decorator(never_cache, name="dispatch")
class ForgottenPassword(FormView):
    """Take a login. What becomes of it is said by e-mail or by the school, never by this page."""

    form_class = ForgottenPasswordForm
    template_name = "accounts/sign_in/forgotten.html"

    @cached_property
    def school(self) -> Enterprise | None:
        return remembered_school.get_remembered_school(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(remembered_school=self.school, **kwargs)

    def form_valid(self, form: ForgottenPasswordForm) -> HttpResponse:
        try:
            with as_owner():  # somebody may be signed in in this browser
                login = full_login(form.cleaned_data["login"], self.school)
                forgotten_passwords.ask(login=login, address=client_address(self.request))
        except lockout.Locked as locked:
            form.add_error(None, locked.message)
            response = self.form_invalid(form)
            response.status_code = HTTP_TOO_MANY_REQUESTS
            response["Retry-After"] = str(locked.seconds)
            return response
        messages.success(
            self.request,
            _(
                "Received. If this login exists and its e-mail address is verified, a link arrives within a "
                "minute. Otherwise your school's administrators see the request and give you a new link."
            ),
        )
        return redirect("accounts:sign_in")
