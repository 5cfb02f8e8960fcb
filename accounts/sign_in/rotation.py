"""Secrets of second factors under the newest field key: they stand in a table of django-allauth."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from console.vault import ring
from console.vault.errors import VaultError
from console.vault.others import resealer

SECRETS = ("secret", "seed")


@resealer("mfa.Authenticator")
def reseal_factors(tell: Any) -> tuple[int, int]:
    """How many were sealed anew, and how many could not be opened."""
    done = bad = 0
    for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            try:
                done += bool(row and _resealed(row))
            except VaultError as problem:
                bad += 1
                tell(f"mfa.Authenticator {pk}: {problem}")
    return done, bad


def _resealed(row: Authenticator) -> bool:
    old = {name: row.data[name] for name in SECRETS if name in row.data}
    waiting = {name: text for name, text in old.items() if not text.startswith(ring.newest_prefix())}
    row.data.update({name: encrypt(decrypt(text)) for name, text in waiting.items()})
    if waiting:
        row.save(update_fields=["data"])
    return bool(waiting)
