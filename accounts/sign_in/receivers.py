"""Receivers of sign-in and sign-out signals."""

from typing import Any

from allauth.account.signals import user_logged_in as allauth_user_logged_in
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from accounts.sign_in import devices, sessions
from console.audit.trail import record
from console.http.client_address import client_address


@receiver(user_logged_in)
def start_session_clocks(request: Any, **kwargs: Any) -> None:
    sessions.start_session(request)


@receiver(allauth_user_logged_in)
def record_sign_in(request: Any, user: Any, way: str = "password", **kwargs: Any) -> None:
    record("person.sign_in", user, by=user, after={"by": way, "address": client_address(request)})
    devices.recognize_device(request, user)


@receiver(user_logged_out)
def record_sign_out(request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record("person.sign_out", user, by=user, reason=getattr(request, "sign_out_reason", ""))
