"""Key rotation of second-factor secrets, which are stored in a table of django-allauth."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from console.vault import keyring
from console.vault.keyring import VaultError
from console.vault.resealers import register_resealer

SECRET_FIELDS = ("secret", "seed")


@register_resealer("mfa.Authenticator")
def reseal_factors(report: Any) -> tuple[int, int]:
    """Reseal all secrets; return how many were resealed, and how many could not be unsealed."""
    done = failed = 0
    for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            try:
                done += bool(row and _reseal_row(row))
            except VaultError as error:
                failed += 1
                report(f"mfa.Authenticator {pk}: {error}")
    return done, failed


def _reseal_row(row: Authenticator) -> bool:
    old = {name: row.data[name] for name in SECRET_FIELDS if name in row.data}
    outdated = {name: text for name, text in old.items() if not text.startswith(keyring.newest_prefix())}
    row.data.update({name: encrypt(decrypt(text)) for name, text in outdated.items()})
    if outdated:
        row.save(update_fields=["data"])
    return bool(outdated)
