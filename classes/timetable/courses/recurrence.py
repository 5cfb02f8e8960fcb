"""Recurrence rules (RFC 5545) in local time of the school; dateutil does the arithmetic.

    expand_rule(datetime(2027, 3, 2, 19), "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270712", zone)

A date in UNTIL includes that day. A local time that daylight saving skips becomes the one an hour later,
a time that occurs twice is its first: this is what RFC 5545 says, and what `fold=0` means.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Maximum number of lessons of a series, and of years that a rule is expanded for.
MAX_LESSONS, MAX_YEARS = 500, 5
#: Parts that a rule may have. Hours and minutes are excluded: the first lesson sets the time of day, and a
#: day has at most one lesson.
RULE_PARTS = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY")
) | {"BYWEEKNO", "BYSETPOS"}
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
UNTIL_PATTERN = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


def expand_rule(first: datetime, rule: str, zone: ZoneInfo) -> list[datetime]:
    """Return the local start times of a series, in order; only `first` without a rule.

    As in dateutil, `first` is included only if the rule matches it. Raises ValidationError at `rrule` for a
    rule that cannot be read, has no end, or yields more than MAX_LESSONS lessons.
    """
    if not rule:
        return [first]
    parts = parse_rule(rule)
    horizon = first + timedelta(days=366 * MAX_YEARS)
    until = min(_until(parts["UNTIL"], zone), horizon) if "UNTIL" in parts else horizon
    count = int(parts["COUNT"]) if "COUNT" in parts else MAX_LESSONS + 1
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("UNTIL", "COUNT"))
    found = list(islice(_build_rule(text, first, until), min(count, MAX_LESSONS + 1)))
    if len(found) > MAX_LESSONS:
        raise _rule_error(
            _("A course can have at most %(most)s lessons. Choose an earlier end.") % {"most": MAX_LESSONS}
        )
    return found


def parse_rule(rule: str) -> dict[str, str]:
    """Return the parts of a rule in capitals; raise ValidationError at `rrule` if a series cannot have it."""
    text = rule.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name: value for name, _equals, value in pairs}
    if len(parts) < len(pairs) or not all(parts.values()):
        raise _unreadable_rule()
    if unknown := sorted(parts.keys() - RULE_PARTS):
        raise _rule_error(
            _("The repeat rule of a course cannot contain %(part)s.") % {"part": ", ".join(unknown)[:80]}
        )
    if parts.get("FREQ") not in FREQUENCIES:
        raise _unreadable_rule()
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise _rule_error(_("Enter an end for the course: a last day or a number of lessons."))
    if "COUNT" in parts and not re.fullmatch(r"0*[1-9]\d{0,5}", parts["COUNT"]):
        raise _unreadable_rule()
    if "INTERVAL" in parts and not re.fullmatch(r"0*[1-9]\d{0,2}", parts["INTERVAL"]):
        raise _unreadable_rule()
    return parts


def normalize_rule(rule: str) -> str:
    """Return a rule as it is stored: in capitals, without prefix and blanks."""
    return ";".join(f"{name}={value}" for name, value in parse_rule(rule).items()) if rule.strip() else ""


def lesson_count(rule: str) -> int | None:
    """Return the COUNT of a rule; None if it has none, or more than a series can have."""
    count = int(parse_rule(rule).get("COUNT", 0)) if rule else 0
    return count if 0 < count <= MAX_LESSONS else None


def with_count(rule: str, count: int) -> str:
    """Return the rule with this COUNT instead of its end."""
    parts = {name: value for name, value in parse_rule(rule).items() if name not in ("COUNT", "UNTIL")}
    return ";".join(f"{name}={value}" for name, value in (*parts.items(), ("COUNT", str(count))))


def last_day(rule: str, zone: ZoneInfo) -> date | None:
    """Return the last day of a rule; None if it has a COUNT or there is no rule."""
    parts = parse_rule(rule) if rule else {}
    return _until(parts["UNTIL"], zone).date() if "UNTIL" in parts else None


def local_to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time as UTC."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _until(value: str, zone: ZoneInfo) -> datetime:
    match = UNTIL_PATTERN.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        if not match[2]:
            return datetime.combine(datetime.strptime(match[1], "%Y%m%d"), time.max)  # noqa: DTZ007
        clock = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        return clock.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if match[3] else clock
    except (ValueError, OverflowError):
        raise _unreadable_rule() from None


def _build_rule(text: str, first: datetime, until: datetime) -> rrule:
    try:
        rule: Any = rrulestr(text, dtstart=first)
        bounded: rrule = rule.replace(until=until)
        return bounded
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise _unreadable_rule() from None


def _unreadable_rule() -> ValidationError:
    return _rule_error(
        _("The repeat rule is not valid. Use the form FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270712.")
    )


def _rule_error(sentence: str) -> ValidationError:
    return ValidationError({"rrule": sentence})
