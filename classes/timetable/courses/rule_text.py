"""Describe a rule as a sentence, and a weekly rule as form choices."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dateformat import format as date_words
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from classes.timetable.courses import recurrence
from classes.timetable.courses.dates import Occurrence, included_dates

#: Codes of RFC 5545, Monday first, with our labels.
WEEKDAYS = (
    ("MO", gettext_lazy("Mon")),
    ("TU", gettext_lazy("Tue")),
    ("WE", gettext_lazy("Wed")),
    ("TH", gettext_lazy("Thu")),
    ("FR", gettext_lazy("Fri")),
    ("SA", gettext_lazy("Sat")),
    ("SU", gettext_lazy("Sun")),
)
WEEKDAY_CODES = [code for code, _word in WEEKDAYS]
#: Parts of a rule that the form can show; other rules are kept unchanged.
WEEKLY_PARTS = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL"}


def weekly_rule(
    days: Sequence[str], every: int = 1, until: date | None = None, count: int | None = None
) -> str:
    """Return the rule of some weekdays, until a day or for a number of lessons."""
    end = f"UNTIL={until:%Y%m%d}" if until else f"COUNT={count}"
    interval = f"INTERVAL={every};" if every > 1 else ""
    return f"FREQ=WEEKLY;{interval}BYDAY={','.join(days)};{end}"


def weekly_choices(rule: str, first: datetime, school: Enterprise) -> dict[str, Any] | None:
    """Return the form choices that produce this rule; None if there are none."""
    parts = recurrence.parse_rule(rule)
    days = parts.get("BYDAY", WEEKDAY_CODES[first.weekday()]).split(",")
    if parts["FREQ"] != "WEEKLY" or not parts.keys() <= WEEKLY_PARTS or not set(days) <= set(WEEKDAY_CODES):
        return None
    return {
        "weekdays": days,
        "every": int(parts.get("INTERVAL", 1)),
        "until": recurrence.last_day(rule, school.tz),
        "count": int(parts["COUNT"]) if "COUNT" in parts else None,
    }


def describe_series(
    rule: str, first: datetime, minutes: int, dates: Sequence[Occurrence], school: Enterprise
) -> str:
    """Return a sentence such as "every Tue and Thu 19:00–20:30 until 12 Jul, 18 lessons"."""
    lessons = included_dates(dates)
    number = ngettext("%(n)s lesson", "%(n)s lessons", len(lessons)) % {"n": len(lessons)}
    clock = f"{first:%H:%M}–{first + timedelta(minutes=minutes):%H:%M}"
    chosen = weekly_choices(rule, first, school) if rule else None
    if chosen is None:
        days = format_day(dates[0].day) if dates else ""
        return _("%(days)s %(clock)s, %(number)s") % {"days": days, "clock": clock, "number": number}
    parts = {
        "days": _format_weekdays(chosen["weekdays"]),
        "every": chosen["every"],
        "clock": clock,
        "number": number,
    }
    parts["until"] = format_day((dates[-1].day if dates else None) or chosen["until"] or first.date())
    if chosen["every"] == 1:
        return _("every %(days)s %(clock)s until %(until)s, %(number)s") % parts
    return _("every %(every)s weeks on %(days)s %(clock)s until %(until)s, %(number)s") % parts


def format_day(day: date) -> str:
    """Return a day such as "12 Jul 2027", or in the Chinese format."""
    if (get_language() or "").startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return date_words(day, "j M Y")


def _format_weekdays(codes: Sequence[str]) -> str:
    words = [str(word) for code, word in WEEKDAYS if code in codes]
    if len(words) == 1:
        return words[0]
    return _("%(days)s and %(last)s") % {"days": _(", ").join(words[:-1]), "last": words[-1]}


__all__ = [
    "WEEKDAYS",
    "WEEKDAY_CODES",
    "describe_series",
    "format_day",
    "weekly_choices",
    "weekly_rule",
]
