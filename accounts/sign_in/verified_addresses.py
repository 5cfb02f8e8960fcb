"""Verified e-mail addresses: those whose owner has opened a link that was sent there.

Only a digest is stored. It stops to match as soon as the address changes, in whatever way it is changed, and
whoever changes the address has it forgotten (`accounts.sign_in.services.end_access_after_change`).

A person may ask for such a link. No row holds it: it is signed for the person, the address and what was
verified before, so that it works for nobody else, and once. It ends after AGE.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.services import notify

AGE = timedelta(days=7)
KIND = "account.verify_e_mail"


def address_digest(address: str) -> str:
    """Return the digest of an e-mail address; empty for none."""
    text = address.strip().casefold()
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def is_verified(person: User) -> bool:
    """Return whether the person has shown that the present address is theirs."""
    digest = address_digest(person.e_mail)
    return bool(digest) and hmac.compare_digest(digest, person.verified_e_mail)


def may_ask(person: User) -> bool:
    """Return whether a link would reach the person, and is of use."""
    return bool(person.e_mail) and not is_verified(person) and mail_is_set_up()


@service
def send_link(*, person: User) -> None:
    """Send the person a link to the present address, once an hour. ValidationError if it is useless."""
    stored = lock_row(person)
    if not may_ask(stored):
        raise ValidationError(_("No link was sent: there is no address to confirm, or no mail server."))
    key = f"{address_digest(stored.e_mail)[:32]} {timezone.now():%Y%m%d%H}"
    notify(KIND, people=[stored], key=key, args={}, link=reverse("accounts:my_sign_in"))


def email_url(notice: Any) -> str:
    """Return the address that the e-mail of a notification shows; "" if there is nothing to confirm."""
    person = notice.person
    if not person.e_mail or is_verified(person):
        return ""
    key = _signer(person).sign(str(person.pk))
    return f"{settings.PUBLIC_URL}{reverse('accounts:my_address')}?{urlencode({'key': key})}"


def is_valid(person: User, key: str) -> bool:
    """Return whether a link was made for this person and address, is not used and has not ended."""
    try:
        return _signer(person).unsign(key, max_age=AGE) == str(person.pk) and not is_verified(person)
    except signing.BadSignature:
        return False


@service
def verify(*, person: User, key: str) -> bool:
    """Use up a link; return whether it was valid."""
    stored = lock_row(person)
    if not is_valid(stored, key):
        return False
    stored.verified_e_mail = address_digest(stored.e_mail)
    stored.save(update_fields=["verified_e_mail"])
    record("person.address_verified", stored, by=stored)
    return True


def forget_verification(people: Iterable[User]) -> None:
    """Forget which address of these people is verified, also for when it comes back.

    What is stored then is the digest of no address, and random, because links are signed with it.
    """
    verified = User.objects.filter(pk__in=[person.pk for person in people]).exclude(verified_e_mail="")
    verified.update(verified_e_mail=get_random_string(64))


def _signer(person: User) -> signing.TimestampSigner:
    return signing.TimestampSigner(
        salt=f"verify e-mail {address_digest(person.e_mail)} {person.verified_e_mail}"
    )
