"""Entry cards: what somebody needs to enter a classroom, on paper. Each look at one is on record.

A card carries the number of its token: once a new token has come, every card of a lower number is void.
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
from accounts.services import spare_superadmin
from console.audit.trail import record_seen
from console.outbox.models import Operation
from console.outbox.states import OPEN
from console.qr import qr_picture

#: Cards of one look: more is no longer one stack of paper.
MOST = 1000


@dataclass(frozen=True)
class Card:
    """`link` opens the school's classrooms, `picture` is its QR code; the token stands in no code."""

    person: User
    link: str
    picture: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def number(self) -> int:
        return max(1, self.person.card_number)


@dataclass(frozen=True)
class Without:
    """Somebody who has no card now, and why."""

    person: User
    why: str | Promise


@dataclass(frozen=True)
class Deck:
    cards: list[Card]
    without: list[Without]


@transaction.atomic
def deal(people: Iterable[User], *, by: User, reason: str, group: StudentGroup | None = None) -> Deck:
    """The cards of these people of one school, in their order; whose token was shown is on record.

    PermissionDenied for a superadmin's card, ValidationError for more than MOST.
    """
    people = list(people)
    if len(people) > MOST:
        raise ValidationError(_("These are more than %(n)d cards. Print smaller groups.") % {"n": MOST})
    renewing = _renewing(people)
    cards: list[Card] = []
    without: list[Without] = []
    for person in people:
        spare_superadmin(person, by)
        if why := _why_none(person, renewing):
            without.append(Without(person, why))
        elif person.user_token and person.enterprise:
            link, picture = _door(person.enterprise, cards)
            cards.append(Card(person, link, picture, person.user_token.reveal()))
    if cards:
        shown = [card.person for card in cards]
        record_seen("person.reveal_token", shown, ["user_token"], by=by, obj=group, reason=reason)
    return Deck(cards, without)


def is_renewing(person: User) -> bool:
    """Whether a new token is on its way, which voids the card of today."""
    return bool(_renewing([person]))


def _why_none(person: User, renewing: Collection[int]) -> str | Promise:
    if person.erased_at or not person.is_active:
        return gettext_lazy("deactivated")
    if person.pk in renewing:
        return gettext_lazy("a new entry token is on its way; look again in a minute")
    return "" if person.user_token else gettext_lazy("iclass has given no entry token yet")


def _renewing(people: Collection[User]) -> set[int]:
    asked = Operation.objects.filter(
        kind="user.token",
        subject_type=User._meta.label_lower,
        subject_id__in=[one.pk for one in people],
        state__in=OPEN,
    )
    return set(asked.values_list("subject_id", flat=True))


def _door(school: Enterprise, drawn: list[Card]) -> tuple[str, str]:
    """Address and QR code of the school's classrooms; the code is drawn once for all cards."""
    if drawn:
        return drawn[0].link, drawn[0].picture
    link = school.room_address or settings.ICLASS_ROOM_URL
    return link, qr_picture(link, scale=3, border=2)
