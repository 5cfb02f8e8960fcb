"""Signed tokens in e-mails, with which people change their e-mail preferences without signing in.

Tokens cannot be guessed, so they do not reveal who exists. A token gives access to the preferences of one
person and becomes invalid when their e-mail address changes or their account is deactivated.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

# The former module name: changing it would invalidate the links in e-mails that were sent.
SALT = "console.notices.unsubscribing"


def make_token(person: Any) -> str:
    return signing.dumps([person.pk, _email_fingerprint(person)], salt=SALT)


def unsubscribe_url(person: Any, what: str) -> str:
    """Return the URL at which the person turns off `what`, a topic or a digest."""
    return f"{settings.PUBLIC_URL}{reverse('notices:mails_off', args=[make_token(person), what])}"


def person_from_token(token: str) -> Any:
    """Return the person of a token, or None if it is invalid."""
    try:
        pk, fingerprint = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    people = get_user_model().objects.filter(pk=pk, is_active=True).select_related("enterprise")
    person = people.exclude(e_mail="").exclude(enterprise=None).first()
    return person if person and constant_time_compare(fingerprint, _email_fingerprint(person)) else None


def _email_fingerprint(person: Any) -> str:
    return salted_hmac(SALT, person.e_mail).hexdigest()[:16]
