"""The dates of a series: each with its moments, and why it is left out where it is."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from classes.courses import recurrence
from classes.models import Holiday, Term

LONGEST_MINUTES = 24 * 60


class Occurrence(NamedTuple):
    """One date of a series. `left_out` says why there is no lesson: a holiday's name, "skip", or nothing."""

    day: date
    local: datetime
    starts_at: datetime
    ends_at: datetime
    left_out: str = ""


SKIP = "skip"


def dates_of(
    school: Enterprise,
    *,
    starts_local: datetime,
    duration_minutes: int,
    rrule: str = "",
    skip: Collection[date] = (),
    term: Term | None = None,
) -> list[Occurrence]:
    """All dates of a series in order, the left out ones among them.

    The holidays of the school hold in every term; those of a term for its own series, and for series of none.
    ValidationError at `rrule` or `duration_minutes`.
    """
    if not 0 < duration_minutes <= LONGEST_MINUTES:
        raise ValidationError({"duration_minutes": _("A lesson takes 1 minute to 24 hours.")})
    length = timedelta(minutes=duration_minutes)
    locals_ = recurrence.starts(starts_local, rrule, school.tz)
    holidays = _holidays(school, locals_, term)
    found = [_occurrence(school, local, length, holidays, skip) for local in locals_]
    for one, following in zip(found, found[1:], strict=False):
        if one.ends_at > following.starts_at:
            raise ValidationError({"duration_minutes": _("The lessons of this series overlap each other.")})
    return found


def kept(dates: Iterable[Occurrence]) -> list[Occurrence]:
    """The dates that become lessons."""
    return [one for one in dates if not one.left_out]


def _holidays(school: Enterprise, locals_: list[datetime], term: Term | None) -> list[Holiday]:
    if not locals_:
        return []
    first, last = locals_[0].date(), locals_[-1].date()
    known = Holiday.objects.filter(enterprise=school, ends_on__gte=first, starts_on__lte=last)
    return [one for one in known if one.holds_in(term.pk if term else None)]


def _occurrence(
    school: Enterprise,
    local: datetime,
    length: timedelta,
    holidays: list[Holiday],
    skip: Collection[date],
) -> Occurrence:
    day, starts_at = local.date(), recurrence.moment(local, school.tz)
    holiday = next((one.name for one in holidays if one.covers(day)), "")
    return Occurrence(day, local, starts_at, starts_at + length, holiday or (SKIP if day in skip else ""))
