"""What tests do at the door: knock, read a code off the app, look at the trail."""

from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sign_in import second_factor
from console.audit.models import AuditEntry

PASSWORD = "cheshire-cat-grins"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def submit_sign_in(client: Client, login: str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    return client.post("/sign-in/", {"username": login, "password": password}, **more)


def totp_code(secret: str, steps: int = 0) -> str:
    """The code of an app that holds this secret, so many steps of 30 seconds from now."""
    step = int(timezone.now().timestamp()) // second_factor.STEP_S + steps
    return format_hotp_value(hotp_value(secret, step))


def add_second_factor(person: User) -> User:
    """Somebody whose second factor was set up in the past, with the secret of the tests."""
    second_factor.enable(person=person, secret=SECRET, code=totp_code(SECRET), by=person)
    totp = Authenticator.objects.get(user=person, type="totp")
    totp.data["last_step"] = 0
    totp.save()
    return person


def totp_secret(person: User) -> str:
    return str(decrypt(Authenticator.objects.get(user=person, type="totp").data["secret"]))


def audit_values(*names: str) -> list[tuple[Any, ...]]:
    """The acts on record, in order, with the columns that are named."""
    return list(AuditEntry.objects.order_by("id").values_list("action", *names))


def audit_actions() -> list[str]:
    return [row[0] for row in audit_values()]
