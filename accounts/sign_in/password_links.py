"""Password links: made by an administrator, opened once by the person, who then sets a password.

    issued = issue_link(person=dina, by=alice, delivery=Delivery.CARD)
    link_url(issued.token)      shown once; the row holds only a digest of the token

A link that goes out by e-mail gets its token when the e-mail is built, so that no queue holds one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import PasswordLink, PasswordRequest, Role, User
from accounts.sign_in.permissions import protect_erased
from accounts.sign_in.verified_addresses import address_digest
from console.audit.trail import record_for_each
from console.concurrency import lock_row, service
from console.notifications.services import notify
from console.policy.tokens import token_digest

Delivery = PasswordLink.Delivery
#: Lower case without l, o, 0 and 1, because people type it from paper: 26 characters are 128 random bits.
TOKEN_ALPHABET, TOKEN_LENGTH = "abcdefghijkmnpqrstuvwxyz23456789", 26
#: How long an expired link is kept, to tell who has not come.
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class IssuedLink:
    """A new link with its token, which cannot be read later."""

    link: PasswordLink
    token: str = field(repr=False)


def check_link_allowed(person: User, by: User | None) -> None:
    """Raise ValidationError, with the reason, if a person gets no link."""
    protect_erased(person)
    if person.role == Role.SUPERADMIN:
        raise ValidationError(_("Superadmins do not get password links."))
    if person == by:
        raise ValidationError(_("Change your own password under “Sign-in and security”."))
    if not person.is_active:
        raise ValidationError(_("This person is deactivated. Reactivate them first."))


def check_delivery(person: User, delivery: str) -> None:
    """Raise ValidationError for an e-mail to somebody who has no address."""
    if delivery == Delivery.EMAIL and not person.e_mail:
        raise ValidationError(_("This person has no e-mail address."))


@service
def create_link(*, person: User, by: User | None, delivery: str) -> IssuedLink:
    """Create the link of a person and revoke the former one. It is not sent yet.

    It answers a request of the person. `by` is None if the person forgot the password and gets it at once.
    Raise ValidationError for somebody who gets none, or who has no address for an e-mail.
    """
    stored = lock_row(person)
    check_link_allowed(stored, by)
    check_delivery(stored, delivery)
    return create_links([stored], by=by, delivery=delivery)[0]


def create_links(people: Sequence[User], *, by: User | None, delivery: str) -> list[IssuedLink]:
    """Do what `create_link` does, for people of one school whose rows are locked and checked."""
    revoke_open_links(people, by=by, reason="renewed")
    drop_requests(people)
    now, school = timezone.now(), cast(int, people[0].enterprise_id)  # None only for operators
    expires_at = now + timedelta(days=settings.PASSWORD_LINK_AGE_D)
    tokens = [_create_token() for _person in people]
    links = PasswordLink.objects.bulk_create(
        PasswordLink(
            enterprise_id=school,
            person=person,
            digest=token_digest(token),
            delivery=delivery,
            created_by=by,
            created_at=now,
            expires_at=expires_at,
        )
        for person, token in zip(people, tokens, strict=True)
    )
    record_for_each("person.password_link", people, by=by, after={"sent_as": delivery, "until": expires_at})
    return [IssuedLink(link, token) for link, token in zip(links, tokens, strict=True)]


@service
def issue_link(*, person: User, by: User, delivery: str) -> IssuedLink:
    """Create the link of a person, and send it if it goes out by e-mail."""
    issued = create_link(person=person, by=by, delivery=delivery)
    if delivery == Delivery.EMAIL:
        send_links([issued.link])
    return issued


def send_links(links: Sequence[PasswordLink], kind: str = "password.link") -> None:
    """Send links of one school that were created together by e-mail, as notifications of this kind."""
    if not links:
        return
    day = f"{localtime(links[0].expires_at, links[0].enterprise.tz):%Y-%m-%d}"
    people, key = [one.person for one in links], f"password link {links[0].pk}"
    notify(kind, people=people, key=key, args={"day": day}, link=reverse("accounts:my_sign_in"))


@service
def revoke_link(*, person: User, by: User) -> None:
    """Revoke the open link of a person."""
    revoke_open_links([lock_row(person)], by=by)


def revoke_open_links(people: Iterable[User], *, by: User | None, reason: str = "") -> int:
    """Revoke the open links of people whose rows are locked; return how many there were."""
    by_key = {person.pk: person for person in people}
    links = waiting_links().filter(person__in=by_key)
    with_link = set(links.values_list("person_id", flat=True)) if by_key else set()
    if with_link:
        links.update(revoked_at=timezone.now())
        revoked = [by_key[key] for key in sorted(with_link)]
        record_for_each("person.password_link_revoked", revoked, by=by, after=None, reason=reason)
    return len(with_link)


def drop_requests(people: Sequence[User]) -> None:
    """Delete the requests of people whose rows are locked: they have been answered."""
    PasswordRequest.objects.filter(person__in=people).delete()


def unused_links(person: User) -> QuerySet[PasswordLink]:
    """Return the link of a person that is neither used nor revoked, also if it has expired."""
    return waiting_links().filter(person=person)


def waiting_links() -> QuerySet[PasswordLink]:
    """Return the links that are neither used nor revoked, also expired ones: those people have not come."""
    return PasswordLink.objects.filter(used_at=None, revoked_at=None)


def find_link(digest: str) -> PasswordLink | None:
    """Return the link with this digest if it can be used now."""
    open_links = PasswordLink.objects.select_related("person__enterprise").filter(
        used_at=None, revoked_at=None, expires_at__gt=timezone.now(), person__is_active=True
    )
    return open_links.filter(digest=digest).first()


def link_exists(digest: str) -> bool:
    """Return whether the console has made a link with this digest, even if it can no longer be used."""
    return PasswordLink.objects.filter(digest=digest).exists()


def link_url(token: str) -> str:
    """Return the address that a card or an e-mail shows."""
    return f"{settings.PUBLIC_URL}{reverse('accounts:password_link', args=[token])}"


@service
def email_url(notice: Any) -> str:
    """Give the link that a notification announces a token, and return its address; "" if it is not open.

    An e-mail that is sent again after an error gets a new token, and the former one stops working.
    """
    stored = lock_row(notice.person)
    links = unused_links(stored).filter(delivery=Delivery.EMAIL, created_at__lte=notice.created_at)
    link = links.filter(expires_at__gt=timezone.now()).first()
    if link is None:
        return ""
    token = _create_token()
    link.digest, link.sent_to = token_digest(token), address_digest(stored.e_mail)
    link.save(update_fields=["digest", "sent_to"])
    return link_url(token)


def delete_expired_links() -> int:
    """Delete links that expired more than KEPT_FOR ago; return how many."""
    return PasswordLink.objects.filter(expires_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _create_token() -> str:
    return get_random_string(TOKEN_LENGTH, TOKEN_ALPHABET)
