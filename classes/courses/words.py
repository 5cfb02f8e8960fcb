"""A rule as a sentence, and a weekly rule as the choices of a form."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dateformat import format as date_words
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from classes.courses import recurrence
from classes.courses.dates import Occurrence, kept

#: As RFC 5545 writes them, Monday first, with our word for each.
WEEKDAYS = (
    ("MO", gettext_lazy("Mon")),
    ("TU", gettext_lazy("Tue")),
    ("WE", gettext_lazy("Wed")),
    ("TH", gettext_lazy("Thu")),
    ("FR", gettext_lazy("Fri")),
    ("SA", gettext_lazy("Sat")),
    ("SU", gettext_lazy("Sun")),
)
CODES = [code for code, _word in WEEKDAYS]
#: What a form can show of a rule; any other is kept as it is.
WEEKLY = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL"}


def weekly_rule(
    days: Sequence[str], every: int = 1, until: date | None = None, count: int | None = None
) -> str:
    """The rule of some days of the week, until a day or for a number of lessons."""
    end = f"UNTIL={until:%Y%m%d}" if until else f"COUNT={count}"
    interval = f"INTERVAL={every};" if every > 1 else ""
    return f"FREQ=WEEKLY;{interval}BYDAY={','.join(days)};{end}"


def choices_of_rule(rule: str, first: datetime, school: Enterprise) -> dict[str, Any] | None:
    """The choices of a form that make this rule; None where no form does."""
    parts = recurrence.parse(rule)
    days = parts.get("BYDAY", CODES[first.weekday()]).split(",")
    if parts["FREQ"] != "WEEKLY" or not parts.keys() <= WEEKLY or not set(days) <= set(CODES):
        return None
    return {
        "weekdays": days,
        "every": int(parts.get("INTERVAL", 1)),
        "until": recurrence.last_day(rule, school.tz),
        "count": int(parts["COUNT"]) if "COUNT" in parts else None,
    }


def sentence(
    rule: str, first: datetime, minutes: int, dates: Sequence[Occurrence], school: Enterprise
) -> str:
    """As "every Tue and Thu 19:00–20:30 until 12 Jul, 18 lessons"."""
    lessons = kept(dates)
    number = ngettext("%(n)s lesson", "%(n)s lessons", len(lessons)) % {"n": len(lessons)}
    clock = f"{first:%H:%M}–{first + timedelta(minutes=minutes):%H:%M}"
    chosen = choices_of_rule(rule, first, school) if rule else None
    if chosen is None:
        days = day_words(dates[0].day) if dates else ""
        return _("%(days)s %(clock)s, %(number)s") % {"days": days, "clock": clock, "number": number}
    told = {"days": _weekdays(chosen["weekdays"]), "every": chosen["every"], "clock": clock, "number": number}
    told["until"] = day_words((dates[-1].day if dates else None) or chosen["until"] or first.date())
    if chosen["every"] == 1:
        return _("every %(days)s %(clock)s until %(until)s, %(number)s") % told
    return _("every %(every)s weeks on %(days)s %(clock)s until %(until)s, %(number)s") % told


def day_words(day: date) -> str:
    """As "12 Jul 2027", in Chinese as that is written."""
    if (get_language() or "").startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return date_words(day, "j M Y")


def _weekdays(codes: Sequence[str]) -> str:
    words = [str(word) for code, word in WEEKDAYS if code in codes]
    if len(words) == 1:
        return words[0]
    return _("%(days)s and %(last)s") % {"days": _(", ").join(words[:-1]), "last": words[-1]}


__all__ = ["CODES", "WEEKDAYS", "choices_of_rule", "day_words", "sentence", "weekly_rule"]
