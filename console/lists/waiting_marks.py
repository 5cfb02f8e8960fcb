"""Put off what waits: it leaves the list of Today and the numbers of the menu until it is due, for them.

Putting off is not recorded, like other preferences: it changes what this person sees and nothing else.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.concurrency import service
from console.inputs.bounds import parse_id
from console.lists.models import WaitingMark
from console.ui.waiting import RowName, list_waiting, listed_names, register_put_off


class Later(TextChoices):
    """Until when a row can be put off."""

    TOMORROW = "tomorrow", _("Until tomorrow")
    MONDAY = "monday", _("Until next Monday")

    def starts_at(self) -> datetime:
        """Return the midnight, in the active zone, at which the row is back."""
        today = timezone.localdate()
        days = 1 if self == Later.TOMORROW else 7 - today.weekday()
        return timezone.make_aware(datetime.combine(today + timedelta(days=days), time.min))


def parse_name(text: str) -> RowName | None:
    """Return the name of a row as forms send it; None if it is not one."""
    kind, _dash, rest = text.partition("-")
    model, _dash, key = rest.partition("-")
    number = parse_id(key)
    return None if number is None else RowName(kind, model, number)


def marks_put_off(person: Any) -> QuerySet[WaitingMark]:
    """Return the marks of what a person put off and is not back yet."""
    return WaitingMark.objects.filter(user=person.pk, until__gt=timezone.now())


def _is_put_off(reader: Any, kind: str, model: str) -> Q:
    return Q(pk__in=marks_put_off(reader).filter(kind=kind, model=model).values("row"))


def count_put_off(reader: Any) -> int:
    """Return how much the reader put off that would wait for them. Uses one query, and one more if any."""
    names = set(marks_put_off(reader).values_list("kind", flat=True)) & set(listed_names())
    return sum(one.number for one in list_waiting(reader, sorted(names), put_off=True))


@service
def put_off(*, row: RowName, until: Later, by: Any) -> None:
    """Put a row off for `by`; what of theirs is back again is forgotten."""
    WaitingMark.objects.filter(user=by, until__lte=timezone.now(), given_by=None).delete()
    WaitingMark.objects.update_or_create(
        user=by,
        kind=row.kind,
        model=row.model,
        row=row.key,
        defaults={"enterprise": by.enterprise, "until": until.starts_at()},
    )


@service
def show_again(*, row: RowName, by: Any) -> None:
    """Let a row wait for `by` again that they put off."""
    marks = WaitingMark.objects.filter(user=by, kind=row.kind, model=row.model, row=row.key)
    marks.filter(given_by=None).delete()
    marks.update(until=None)


register_put_off(_is_put_off)
