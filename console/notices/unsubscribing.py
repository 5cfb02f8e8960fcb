"""The signed addresses in mails by which somebody without a sign-in chooses which mails come.

Nobody can make one up or guess it, so none tells who exists. It opens the choice of one person alone, and
holds no more once their e-mail address is another, or they are gone.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "console.notices.unsubscribing"


def token_of(person: Any) -> str:
    return signing.dumps([person.pk, _mark(person)], salt=SALT)


def address_of(person: Any, what: str) -> str:
    """Where this person turns `what` off: a topic or a digest."""
    return f"{settings.PUBLIC_URL}{reverse('notices:mails_off', args=[token_of(person), what])}"


def person_of(token: str) -> Any:
    """Whose choice a token opens; None where it opens none."""
    try:
        pk, mark = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    people = get_user_model().objects.filter(pk=pk, is_active=True).select_related("enterprise")
    person = people.exclude(e_mail="").exclude(enterprise=None).first()
    return person if person and constant_time_compare(mark, _mark(person)) else None


def _mark(person: Any) -> str:
    return salted_hmac(SALT, person.e_mail).hexdigest()[:16]
