"""Pages behind an invitation: they take the token out of the address, then make the account of a guardian."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from accounts.models import GuardianAccount, GuardianInvitation
from accounts.sign_in import lockout
from accounts.sign_in.guardians import invitations, services
from accounts.sign_in.guardians.forms import (
    AcceptInvitationForm,
    GuardianSignInForm,
    NewGuardianPasswordForm,
)
from accounts.sign_in.guardians.pages import refuse_link
from accounts.sign_in.guardians.views.sign_in import HTTP_TOO_MANY_REQUESTS, sign_in
from console.concurrency import Conflict
from console.http.client_address import client_address
from console.http.language import answer_in_language_of
from console.policy.database_scope import as_owner
from console.policy.tokens import token_digest

#: Key of the session: the digest of the token of an invitation, which opens nothing by itself.
INVITATION_DIGEST = "guardian_invitation"


@method_decorator(never_cache, name="dispatch")
class OpenInvitation(View):
    """Keep the digest of the token in the session and redirect, so that no page has the token in its address.

    Opening the link does not use it up: e-mail programs open links to check them.
    """

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            self._keep(request, token_digest(token))
            response = redirect("accounts:guardian_accept")
        except lockout.Locked as locked:
            messages.error(request, locked.message)
            response = redirect("accounts:guardian_sign_in")
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _keep(self, request: HttpRequest, digest: str) -> None:
        """Keep the digest of a token that exists. Raise Locked after too many unknown ones."""
        with as_owner():
            attempt = lockout.start_link_attempt(client_address(request))
            if invitations.invitation_exists(digest):
                attempt.record_success()
                request.session[INVITATION_DIGEST] = digest
            else:
                request.session.pop(INVITATION_DIGEST, None)
                attempt.record_failure(None)


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class InvitationForm(FormView):
    """Base of the forms behind the invitation that was opened in this session."""

    invitation: GuardianInvitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        extended: Any = request
        extended.audit_label = "guardian"
        with as_owner():
            found = invitations.find_invitation(request.session.get(INVITATION_DIGEST, ""))
            if found is None:
                return refuse_link(request)
            self.invitation = found
            draw = partial(super().dispatch, request, *args, **kwargs)
            return answer_in_language_of(found.guardian, request, draw)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        guardian = self.invitation.guardian
        return super().get_context_data(
            guardian=guardian,
            child=guardian.person,
            remembered_school=guardian.person.enterprise,
            account=self.invitation.renewed_account,
            is_forgotten=self.invitation.account_id is not None,
            **more,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            account = self.save(form)
        except Conflict:  # the guardian or the student was deleted meanwhile
            account = None
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return sign_in(self.request, account) if account else refuse_link(self.request)

    def save(self, form: Any) -> GuardianAccount | None:
        """Call the service; None if the invitation is late."""
        raise NotImplementedError


class AcceptInvitation(InvitationForm):
    """Choose a sign-in name and a password; a guardian who has an account chooses a new password."""

    template_name = "accounts/sign_in/guardians/accept.html"

    def get_form_class(self) -> Any:
        return NewGuardianPasswordForm if self.invitation.renewed_account else AcceptInvitationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "invitation": self.invitation}

    def save(self, form: Any) -> GuardianAccount | None:
        data = form.cleaned_data
        if self.invitation.renewed_account:
            return services.renew_password(invitation=self.invitation, password=data["password1"])
        return services.accept_invitation(
            invitation=self.invitation,
            name=data["name"],
            password=data["password1"],
            language=get_language() or self.invitation.guardian.language,
        )


class JoinAccount(InvitationForm):
    """Sign in with the account that the guardian has at this school: the child is added to it."""

    form_class = GuardianSignInForm
    template_name = "accounts/sign_in/guardians/join.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        school = self.invitation.guardian.person.enterprise
        return {**super().get_form_kwargs(), "school": school, "address": client_address(self.request)}

    def save(self, form: Any) -> GuardianAccount | None:
        return services.join_account(invitation=self.invitation, account=form.account)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if response.status_code != 404:
            child = self.invitation.guardian.person
            messages.success(self.request, _("%(name)s has been added to your account.") % {"name": child})
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.retry_after_s:
            response.status_code = HTTP_TOO_MANY_REQUESTS
            response["Retry-After"] = str(form.retry_after_s)
        return response
