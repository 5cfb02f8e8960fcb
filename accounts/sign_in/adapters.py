"""Authentication backend, and adapters of django-allauth: no sign-up, no mail, sealed secrets, single sign-on
for known people only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in import sso
from console.audit.trail import record
from console.http.client_address import client_address
from console.vault import keyring

SEAL_CONTEXT = "second factor"


class SchoolUserBackend(ModelBackend):
    """Load the user together with the school, which every page needs."""

    def get_user(self, user_id: int) -> User | None:
        person = User.objects.select_related("enterprise").filter(pk=user_id).first()
        return person if self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["accounts.sign_in.stages.SecondFactorStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Suppress allauth's messages: they are not in our translation catalogues."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail: sign-in events are in the audit log."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("accounts:sign_in")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seal the secrets of second factors in the database."""

    def get_totp_label(self, user: Any) -> str:
        return str(user.login)

    def encrypt(self, text: str) -> str:
        return keyring.seal_bytes(text.encode(), SEAL_CONTEXT).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring.unseal_bytes(encrypted_text.encode(), SEAL_CONTEXT).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail."""


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Sign in the person whom the claims name. No person is created and no account is linked."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Copy nothing: no person is created, and a claim of an unexpected type must not raise an error."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sso.merge_claims(sociallogin.account.extra_data)
        person = sso.find_person(claims)
        if person is None:
            message = _(
                "Single sign-on worked, but there is no matching login in the console. Ask "
                "your school administrator."
            )
            raise ImmediateHttpResponse(_redirect_with_error(request, message))
        if request.user.is_authenticated:
            logout(request)
        target = sociallogin.get_redirect_url(request) or sso.landing_url(person)
        raise ImmediateHttpResponse(
            perform_login(request, person, redirect_url=target, signal_kwargs={"way": "sso"})
        )

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(self.redirect_after_error(request))

    def redirect_after_error(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the sign-in page with an error message."""
        message = _("Single sign-on failed. Try again. If it keeps failing, sign in with your password.")
        return _redirect_with_error(request, message)


def _redirect_with_error(request: HttpRequest, message: str) -> HttpResponse:
    record("person.sign_in_failed", by=None, after={"by": "sso", "address": client_address(request)})
    messages.error(request, message)
    return redirect("accounts:sign_in")
