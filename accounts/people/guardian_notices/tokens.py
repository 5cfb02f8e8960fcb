"""Signed tokens in the e-mails of notices, with which a guardian ends them without signing in.

A token cannot be guessed, and becomes invalid when the guardian is deleted or gets another address.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Guardian

SALT = "accounts.people.guardian_notices.tokens"


def make_token(guardian: Guardian) -> str:
    """Return the token of a guardian with an address."""
    return signing.dumps([guardian.pk, _address_fingerprint(guardian)], salt=SALT)


def unsubscribe_url(guardian: Guardian) -> str:
    """Return the URL at which the guardian ends the notices."""
    return f"{settings.PUBLIC_URL}{reverse('accounts:guardian_mails_off', args=[make_token(guardian)])}"


def guardian_from_token(token: str) -> Guardian | None:
    """Return the guardian of a token, or None if it is invalid."""
    try:
        pk, fingerprint = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    guardian = Guardian.objects.filter(pk=pk).select_related("person", "enterprise").first()
    if guardian is None or not guardian.e_mail:
        return None
    return guardian if constant_time_compare(fingerprint, _address_fingerprint(guardian)) else None


def _address_fingerprint(guardian: Guardian) -> str:
    address = guardian.e_mail.reveal() if hasattr(guardian.e_mail, "reveal") else guardian.e_mail
    return salted_hmac(SALT, address).hexdigest()[:16]
