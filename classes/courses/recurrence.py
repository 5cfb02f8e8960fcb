"""Rules of repetition (RFC 5545) on the clock of the school's wall; dateutil does the arithmetic.

    starts(datetime(2027, 3, 2, 19), "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270712", zone)

A date in UNTIL includes that day. A wall-clock time that daylight saving leaves out is the one an hour later,
one that comes twice is its first: what RFC 5545 says, and what `fold=0` means.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: The most lessons of one series, and the years after which none is looked for any more.
MOST, YEARS = 500, 5
#: Parts that a rule may have. The time of day is the first lesson's, so no hours or minutes; and no day of a
#: lesson comes twice.
PARTS = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY")
) | {"BYWEEKNO", "BYSETPOS"}
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def starts(first: datetime, rule: str, zone: ZoneInfo) -> list[datetime]:
    """The wall-clock starts of a series, in order; `first` alone without a rule.

    As in dateutil, `first` is one of them only where the rule says so. ValidationError at `rrule` for a rule
    that cannot be read, has no end, or makes more than MOST lessons.
    """
    if not rule:
        return [first]
    parts = parse(rule)
    horizon = first + timedelta(days=366 * YEARS)
    until = min(_until(parts["UNTIL"], zone), horizon) if "UNTIL" in parts else horizon
    most = int(parts["COUNT"]) if "COUNT" in parts else MOST + 1
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("UNTIL", "COUNT"))
    found = list(islice(_rule(text, first, until), min(most, MOST + 1)))
    if len(found) > MOST:
        raise _wrong(_("A series has at most %(most)s lessons. Let it end earlier.") % {"most": MOST})
    return found


def parse(rule: str) -> dict[str, str]:
    """The parts of a rule in capitals. ValidationError at `rrule` where it is none that a series can have."""
    text = rule.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name: value for name, _equals, value in pairs}
    if len(parts) < len(pairs) or not all(parts.values()):
        raise _unreadable()
    if unknown := sorted(parts.keys() - PARTS):
        raise _wrong(_("A series cannot have %(part)s in its rule.") % {"part": ", ".join(unknown)[:80]})
    if parts.get("FREQ") not in FREQUENCIES:
        raise _unreadable()
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise _wrong(_("Say when the series ends: by a last day, or by a number of lessons."))
    if "COUNT" in parts and not re.fullmatch(r"0*[1-9]\d{0,5}", parts["COUNT"]):
        raise _unreadable()
    if "INTERVAL" in parts and not re.fullmatch(r"0*[1-9]\d{0,2}", parts["INTERVAL"]):
        raise _unreadable()
    return parts


def tidy(rule: str) -> str:
    """A rule as it is kept: in capitals, without prefix and blanks."""
    return ";".join(f"{name}={value}" for name, value in parse(rule).items()) if rule.strip() else ""


def last_day(rule: str, zone: ZoneInfo) -> date | None:
    """The last day that a rule includes; None where it counts or there is none."""
    parts = parse(rule) if rule else {}
    return _until(parts["UNTIL"], zone).date() if "UNTIL" in parts else None


def moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a wall-clock time, in UTC."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _until(value: str, zone: ZoneInfo) -> datetime:
    told = UNTIL.fullmatch(value)
    try:
        if told is None:
            raise ValueError(value)
        if not told[2]:
            return datetime.combine(datetime.strptime(told[1], "%Y%m%d"), time.max)  # noqa: DTZ007
        clock = datetime.strptime(told[1] + told[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        return clock.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if told[3] else clock
    except (ValueError, OverflowError):
        raise _unreadable() from None


def _rule(text: str, first: datetime, until: datetime) -> rrule:
    try:
        rule: Any = rrulestr(text, dtstart=first)
        return rule.replace(until=until)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise _unreadable() from None


def _unreadable() -> ValidationError:
    return _wrong(_("This rule cannot be read. Write it as FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270712."))


def _wrong(sentence: str) -> ValidationError:
    return ValidationError({"rrule": sentence})
