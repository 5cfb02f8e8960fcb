"""How django-allauth behaves here: no sign-up, no mail, secrets sealed, sign-on only for people who exist."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.sign_in import sso
from console.audit.trail import record
from console.client_address import client_address
from console.vault import ring

SEALED_FOR = "second factor"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["accounts.sign_in.stages.SecondFactorStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened; its own sentences are in no catalogue of ours."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The trail is the notice; the console sends no mail about sign-in."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("accounts:sign_in")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors stand sealed in the database, as every secret does."""

    def get_totp_label(self, user: Any) -> str:
        return str(user.login)

    def encrypt(self, text: str) -> str:
        return ring.seal_bytes(text.encode(), SEALED_FOR).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return ring.open_bytes(encrypted_text.encode(), SEALED_FOR).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """As above."""


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Signs in whom the claim names. Nobody is made, nothing is linked: the provider is asked each time."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Nobody is made, so nobody is filled in; a claim of an odd type must not stumble there."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sso.claims_of(sociallogin.account.extra_data)
        person = sso.person_named(claims)
        if person is None:
            words = _(
                "Single sign-on knows you, but opens no login of this console. "
                "Ask the administrator of your school which login you have."
            )
            raise ImmediateHttpResponse(_back(request, words))
        if request.user.is_authenticated:
            logout(request)
        target = sociallogin.get_redirect_url(request) or sso.first_page(person)
        raise ImmediateHttpResponse(
            perform_login(request, person, redirect_url=target, signal_kwargs={"way": "sso"})
        )

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        raise ImmediateHttpResponse(self.back_after_error(request))

    def back_after_error(self, request: HttpRequest) -> HttpResponse:
        """To the door, where it is said that it did not work."""
        words = _("Single sign-on did not work. Try again; if it happens again, sign in with your password.")
        return _back(request, words)


def _back(request: HttpRequest, words: str) -> HttpResponse:
    record("person.sign_in_failed", by=None, after={"by": "sso", "address": client_address(request)})
    messages.error(request, words)
    return redirect("accounts:sign_in")
