"""Sign-in names of guardians: how they are compared, and the digests by which they are found.

The digest is keyed with a key that is derived from FIELD_KEYS, because a phone number alone could be guessed
from a plain digest. While keys are rotated a name is looked for under each of them.
"""

import hmac
import re
import unicodedata
from typing import Any

from django.db import transaction

from accounts.models import Enterprise, GuardianAccount
from console.vault import keyring
from console.vault.keyring import VaultError
from console.vault.resealers import register_resealer

PURPOSE = "guardian sign-in name"
PHONE = re.compile(r"\+?[0-9][0-9 ()-]+")


def normal_name(typed: str) -> str:
    """Return a sign-in name as it is compared: without case, and a phone number without spaces and signs."""
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    return re.sub(r"[ ()-]", "", name) if PHONE.fullmatch(name) else name


def name_digests(school: int, typed: str) -> list[str]:
    """Return the digest of a name under each key, that of the newest key first."""
    text = f"{school} {normal_name(typed)}".encode()
    return [hmac.digest(key, text, "sha256").hex() for key in keyring.derive_keys(PURPOSE).values()]


def find_account(school: Enterprise, typed: str) -> GuardianAccount | None:
    """Return the account of a school with this sign-in name, or None."""
    digests = name_digests(school.pk, typed)
    return GuardianAccount.objects.filter(enterprise=school, name_digest__in=digests).first()


@register_resealer("accounts.GuardianAccount.name_digest")
def renew_digests(report: Any) -> tuple[int, int]:
    """Compute all digests with the newest key; return how many changed, and how many names did not open."""
    done = failed = 0
    for pk in list(GuardianAccount.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = GuardianAccount.objects.select_for_update().filter(pk=pk).first()
            try:
                done += bool(row and _renew(row))
            except VaultError as error:
                failed += 1
                report(f"accounts.GuardianAccount {pk}: {error}")
    return done, failed


def _renew(row: GuardianAccount) -> bool:
    digest = name_digests(row.enterprise_id, row.sign_in_name.reveal())[0]
    if row.name_digest == digest:
        return False
    row.name_digest = digest
    row.save(update_fields=["name_digest"])
    return True
