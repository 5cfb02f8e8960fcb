"""What is done whenever somebody came in or went out, by whatever way."""

from typing import Any

from allauth.account.signals import user_logged_in as came_in
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from accounts.sign_in import sessions
from console.audit.trail import record
from console.client_address import client_address


@receiver(user_logged_in)
def start_the_clocks(request: Any, **more: Any) -> None:
    sessions.begin(request)


@receiver(came_in)
def note_who_came_in(request: Any, user: Any, way: str = "password", **more: Any) -> None:
    record("person.sign_in", user, by=user, after={"by": way, "address": client_address(request)})


@receiver(user_logged_out)
def note_who_went_out(request: Any, user: Any, **more: Any) -> None:
    if user is not None:
        record("person.sign_out", user, by=user, reason=getattr(request, "sign_out_reason", ""))
