"""Dates of a series with their times, and why some are left out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from classes.models import Holiday, Term
from classes.timetable.courses import recurrence

MAX_MINUTES = 24 * 60


class Occurrence(NamedTuple):
    """One date of a series. `left_out` says why there is no lesson: a holiday's name, "skip", or ''.

    `day` is that of the rule; a date that was moved has its lesson at another time. `fixed` says why the
    lesson of a course that exists cannot be changed date by date, or is ''.
    """

    day: date
    local: datetime
    starts_at: datetime
    ends_at: datetime
    left_out: str = ""
    is_moved: bool = False
    fixed: str = ""


SKIP = "skip"


def compute_dates(
    school: Enterprise,
    *,
    starts_local: datetime,
    duration_minutes: int,
    rrule: str = "",
    skip: Collection[date] = (),
    term: Term | None = None,
    make_up_skipped: bool = False,
    holidays: Collection[Holiday] | None = None,
) -> list[Occurrence]:
    """Return all dates of a series in order, including those left out.

    Holidays of the school apply in every term; those of a term apply to its series, and to series without a
    term. With `make_up_skipped`, a COUNT is the number of lessons that remain. `holidays` are those of the
    school if the caller has them. Raises ValidationError at `rrule` or `duration_minutes`.
    """
    if not 0 < duration_minutes <= MAX_MINUTES:
        raise ValidationError({"duration_minutes": _("A lesson can last from 1 minute to 24 hours.")})
    length = timedelta(minutes=duration_minutes)
    count = recurrence.lesson_count(rrule) if make_up_skipped else None
    rule = recurrence.with_count(rrule, recurrence.MAX_LESSONS) if count else rrule
    locals_ = recurrence.expand_rule(starts_local, rule, school.tz)
    known = _holidays(school, locals_) if holidays is None else holidays
    observed = [one for one in known if one.holds_in(term.pk if term else None)]
    found = [_occurrence(school, local, length, observed, skip) for local in locals_]
    if count:
        found = _first_lessons(found, count)
    for one, following in zip(found, found[1:], strict=False):
        if one.ends_at > following.starts_at:
            raise ValidationError({"duration_minutes": _("The lessons of this course overlap.")})
    return found


def move_dates(
    school: Enterprise, dates: list[Occurrence], moves: Mapping[date, datetime]
) -> list[Occurrence]:
    """Return the dates, those whose day is in `moves` with their lesson at that local time instead.

    A date that is left out stays so. Raises ValidationError at `moves` for a fixed date, a time in the past,
    and a moved lesson that overlaps another one of the series.
    """
    for one in dates:
        if one.fixed and one.day in moves:
            message = _("The lesson of %(day)s cannot be moved here: %(reason)s.")
            raise ValidationError({"moves": message % {"day": one.day.isoformat(), "reason": one.fixed}})
    found = [one if one.left_out else _move(school, one, moves.get(one.day)) for one in dates]
    if any(one.is_moved and one.starts_at <= timezone.now() for one in found):
        raise ValidationError({"moves": _("The new time is in the past. Choose a later one.")})
    kept = sorted(included_dates(found), key=lambda one: one.starts_at)
    for one, following in zip(kept, kept[1:], strict=False):
        if (one.is_moved or following.is_moved) and one.ends_at > following.starts_at:
            raise ValidationError({"moves": _("The lessons of this course overlap.")})
    return found


def _move(school: Enterprise, date_: Occurrence, local: datetime | None) -> Occurrence:
    if local is None or local == date_.local:
        return date_
    starts_at = recurrence.local_to_utc(local, school.tz)
    ends_at = starts_at + (date_.ends_at - date_.starts_at)
    return date_._replace(local=local, starts_at=starts_at, ends_at=ends_at, is_moved=True)


def _first_lessons(dates: list[Occurrence], count: int) -> list[Occurrence]:
    """Return the dates up to the one of lesson number `count`.

    Raises ValidationError if the rule has as many dates as a series can have, and too few are left.
    """
    kept = [place for place, one in enumerate(dates) if not one.left_out]
    if len(kept) >= count:
        return dates[: kept[count - 1] + 1]
    if len(dates) >= recurrence.MAX_LESSONS:
        message = _("Too many dates of this course are skipped. Choose fewer lessons or other days.")
        raise ValidationError({"rrule": message})
    return dates


def included_dates(dates: Iterable[Occurrence]) -> list[Occurrence]:
    """Return the dates that become lessons."""
    return [one for one in dates if not one.left_out]


def _holidays(school: Enterprise, locals_: list[datetime]) -> list[Holiday]:
    if not locals_:
        return []
    first, last = locals_[0].date(), locals_[-1].date()
    return list(Holiday.objects.filter(enterprise=school, ends_on__gte=first, starts_on__lte=last))


def _occurrence(
    school: Enterprise,
    local: datetime,
    length: timedelta,
    holidays: list[Holiday],
    skip: Collection[date],
) -> Occurrence:
    day, starts_at = local.date(), recurrence.local_to_utc(local, school.tz)
    holiday = next((one.name for one in holidays if one.covers(day)), "")
    return Occurrence(day, local, starts_at, starts_at + length, holiday or (SKIP if day in skip else ""))
