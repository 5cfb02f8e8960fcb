"""Bounds of dates, IDs and texts from outside.

    parse_id("12") → 12, parse_id("9" * 5000) → None, parse_date("2026-11-24") → date(2026, 11, 24)

Dates near the years 1 and 9999 overflow in date arithmetic and time zone conversion, PostgreSQL stores no
null characters in text, and Python raises RecursionError on values nested some hundred levels deep.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 12, 31)
#: The largest primary key, a bigint.
MAX_ID = 2**63 - 1
#: Digits of the largest primary key. Longer texts are not converted, which takes quadratic time.
MAX_ID_DIGITS = 19
NUL = "\x00"
NUL_MESSAGE = _("The text contains a null character. Remove it and try again.")


class NullCharacterError(BadRequest):
    """A query or a form contains a null character, which no field accepts."""


def parse_id(text: str) -> int | None:
    """Return the ID in a text; None if it is not one."""
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS):
        return None
    number = int(text)
    return number if number <= MAX_ID else None


def parse_ids(texts: Iterable[str]) -> list[int]:
    """Return the IDs among the texts, without duplicates, in order."""
    found = (parse_id(text) for text in texts)
    return list(dict.fromkeys(number for number in found if number is not None))


def parse_date(text: str) -> date:
    """Return the date of an ISO 8601 text; ValueError if it is invalid or out of bounds."""
    day = date.fromisoformat(text)
    if not is_date_in_range(day):
        raise ValueError("date out of bounds")
    return day


def parse_datetime(text: str) -> datetime | None:
    """Return the aware datetime of an ISO 8601 text; None if it is invalid or out of bounds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Python's parser stops at a null character and accepts the text before it.
    is_whole = NUL not in text and moment.tzinfo is not None
    return moment if is_whole and is_date_in_range(moment) else None


def is_date_in_range(moment: date) -> bool:
    """Return whether date arithmetic and conversion to every time zone are safe."""
    day = moment.date() if isinstance(moment, datetime) else moment
    return FIRST_DAY <= day <= LAST_DAY


def validate_date_range(moment: date) -> None:
    """Raise ValidationError for a date or datetime out of bounds."""
    if not is_date_in_range(moment):
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        raise ValidationError(_("Choose a day between %(first)s and %(last)s."), "far", years)


def exceeds_nesting(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested more than `levels` deep."""
    level = [value]
    for _number in range(levels + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
