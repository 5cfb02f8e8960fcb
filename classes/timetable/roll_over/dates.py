"""Dates of the copy of a course in the new term: the same weekdays and time of day.

A course of every second week (单周, 双周) stays one of odd or of even weeks, as counted from the first week
of its term.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from classes.models import Course, Holiday, Term
from classes.timetable.courses import recurrence
from classes.timetable.courses.dates import Occurrence, compute_dates, included_dates

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def copied_rule(rule: str, term: Term) -> str:
    """Return the rule until the end of the term instead of its own end; empty for a single lesson.

    Raise ValidationError if it becomes too long.
    """
    if not rule:
        return ""
    parts = {
        name: value for name, value in recurrence.parse_rule(rule).items() if name not in ("COUNT", "UNTIL")
    }
    copied = ";".join(f"{name}={value}" for name, value in parts.items()) + f";UNTIL={term.ends_on:%Y%m%d}"
    if len(copied) > (Course._meta.get_field("rrule").max_length or 0):
        raise ValidationError(_("The repeat rule is too long to be copied. Plan this course by hand."))
    return copied


def first_start(course: Course, rule: str, ending: Term, term: Term) -> datetime:
    """Return the first local start in the term, holidays included. `ending` is the term of the course.

    Raise ValidationError if the rule has no day in the term.
    """
    clock = course.starts_local.time()
    day = _first_day(course.starts_local.date(), rule, ending, term)
    starts = recurrence.expand_rule(datetime.combine(day, clock), rule, course.enterprise.tz) if day else []
    if not starts or starts[0].date() > term.ends_on:
        raise ValidationError(_("This course has no day in the new term."))
    return starts[0]


def _first_day(day: date, rule: str, ending: Term, term: Term) -> date | None:
    """Return the first day of the term on which a rule can begin that began on `day` in the ending term."""
    parts = recurrence.parse_rule(rule) if rule else {}
    frequency = parts.get("FREQ", "WEEKLY")
    if frequency == "WEEKLY":
        return _first_day_of_weeks(day, parts, ending, term)
    if frequency == "DAILY" or any(name.startswith("BY") for name in parts):
        return term.starts_on
    days = (term.starts_on + timedelta(days=n) for n in range((term.ends_on - term.starts_on).days + 1))
    alike = (one for one in days if one.day == day.day and (frequency == "MONTHLY" or one.month == day.month))
    return next(alike, None)


def _first_day_of_weeks(day: date, parts: Mapping[str, str], ending: Term, term: Term) -> date:
    """Return where a weekly rule begins: in a week with the same remainder as before."""
    begins = WEEKDAYS.index(parts["WKST"]) if parts.get("WKST") in WEEKDAYS else 0
    interval = max(int(parts["INTERVAL"]), 1) if parts.get("INTERVAL", "").isdecimal() else 1
    weeks = (_week(day, begins) - _week(ending.starts_on, begins)).days // 7
    week = _week(term.starts_on, begins) + timedelta(weeks=weeks % interval)
    if any(name.startswith("BY") for name in parts):
        return max(week, term.starts_on)
    first = week + timedelta(days=(day.weekday() - begins) % 7)
    return first if first >= term.starts_on else first + timedelta(weeks=interval)


def _week(day: date, begins: int) -> date:
    """Return the first day of the week of `day`; weeks begin on the weekday `begins`."""
    return day - timedelta(days=(day.weekday() - begins) % 7)


def copied_dates(
    course: Course, rule: str, first: datetime, term: Term, *, holidays: Collection[Holiday], now: datetime
) -> list[Occurrence]:
    """Return the dates that become lessons: without holidays, and without what has begun already.

    Raise ValidationError if none is left or the rule is not valid.
    """
    dates = compute_dates(
        course.enterprise,
        starts_local=first,
        duration_minutes=course.duration_minutes,
        rrule=rule,
        term=term,
        holidays=holidays,
    )
    kept = [one for one in included_dates(dates) if one.starts_at > now]
    if not kept:
        raise ValidationError(_("No lesson is left in the new term: all days are holidays or in the past."))
    return kept
