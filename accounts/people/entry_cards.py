"""Printable entry cards for classrooms. Each display of a card is recorded.

A card has the number of its token; a new token invalidates all cards with a lower number.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Enterprise, StudentGroup, User
from accounts.sign_in.permissions import protect_superadmin
from console.audit.trail import record_data_access
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES
from console.ui.assets import qr_picture

#: Cards per request.
MAX_CARDS = 1000


@dataclass(frozen=True)
class EntryCard:
    """`link` opens the school's classrooms, `picture` is its QR code, which does not contain the token."""

    person: User
    link: str
    picture: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def number(self) -> int:
        return max(1, self.person.card_number)


@dataclass(frozen=True)
class MissingCard:
    """A person who has no card, and why."""

    person: User
    why: str | Promise


@dataclass(frozen=True)
class CardSheet:
    cards: list[EntryCard]
    missing: list[MissingCard]


@transaction.atomic
def issue_cards(
    people: Iterable[User], *, by: User, reason: str, group: StudentGroup | None = None
) -> CardSheet:
    """Return the cards of people of one school, in their order, and record whose token was shown.

    Raise PermissionDenied for a superadmin's card, and ValidationError for more than MAX_CARDS people.
    """
    people = list(people)
    if len(people) > MAX_CARDS:
        raise ValidationError(
            _("This group has more than %(n)d cards. Print smaller groups.") % {"n": MAX_CARDS}
        )
    pending = _pending_token_ids(people)
    cards: list[EntryCard] = []
    missing: list[MissingCard] = []
    for person in people:
        protect_superadmin(person, by)
        if why := _missing_reason(person, pending):
            missing.append(MissingCard(person, why))
        elif person.user_token and person.enterprise:
            link, picture = _room_link(person.enterprise, cards)
            cards.append(EntryCard(person, link, picture, person.user_token.reveal()))
    if cards:
        shown = [card.person for card in cards]
        record_data_access("person.reveal_token", shown, ["user_token"], by=by, obj=group, reason=reason)
    return CardSheet(cards, missing)


def is_token_pending(person: User) -> bool:
    """Return whether a new token is pending, which will invalidate the current card."""
    return bool(_pending_token_ids([person]))


def _missing_reason(person: User, pending: Collection[int]) -> str | Promise:
    if person.erased_at or not person.is_active:
        return gettext_lazy("deactivated")
    if person.pk in pending:
        return gettext_lazy("a new entry token has been requested; check again in a minute")
    return "" if person.user_token else gettext_lazy("iclass has not issued an entry token yet")


def _pending_token_ids(people: Collection[User]) -> set[int]:
    operations = Operation.objects.filter(
        kind="user.token",
        subject_type=User._meta.label_lower,
        subject_id__in=[person.pk for person in people],
        state__in=OPEN_STATES,
    )
    return set(operations.values_list("subject_id", flat=True))


def _room_link(school: Enterprise, cards: list[EntryCard]) -> tuple[str, str]:
    """Return the URL and QR code of the school's classrooms; the code of the first card is reused."""
    if cards:
        return cards[0].link, cards[0].picture
    link = school.room_address or settings.ICLASS_ROOM_URL
    return link, qr_picture(link, scale=3, border=2)
