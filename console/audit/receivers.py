"""Acts of packages below the trail, which tell of themselves by a signal."""

from typing import Any

from django.dispatch import receiver

from console.audit.trail import record
from console.policy.signals import token_issued


@receiver(token_issued)
def note_token(user: Any, name: str, by: Any, **kwargs: Any) -> None:
    """Who got a REST token, and what for; never the token."""
    record("person.api_token", user, by=by, after={"name": name})
