"""Authentication backend, and adapters of django-allauth: no sign-up, no mail, sealed secrets.

The adapter of single sign-on is that of `accounts.school.identity`, which may add people.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.sign_in.passkeys import relying_party
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

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the relying party of PUBLIC_URL, which no header of a request can change."""
        return {"id": relying_party.host(), "name": relying_party.NAME}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Return what the device shows in its list of passkeys."""
        return {"id": user_pk_to_url_str(user).encode(), "display_name": str(user), "name": str(user.login)}

    def encrypt(self, text: str) -> str:
        return keyring.seal_bytes(text.encode(), SEAL_CONTEXT).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring.unseal_bytes(encrypted_text.encode(), SEAL_CONTEXT).decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail."""
