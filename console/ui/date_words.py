"""Days and moments as notices write them: "Wednesday 2 December, 08:00" or "12月2日 星期三 08:00"."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def in_words(at: date) -> str:
    """Return a day in the active language, of a datetime with its time; the year only if it is another one.

    A datetime with a time zone is shown in the active one, a naive one as it is.
    """
    if not isinstance(at, datetime):
        return _day_in_words(at)
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    words = {"day": _day_in_words(local.date()), "time": f"{local:%H:%M}"}
    return pgettext("day and time in words", "%(day)s, %(time)s") % words


def stored_in_words(value: object) -> object:
    """Return an arg of a notification in words if it is a local day or minute; anything else as it is.

    >>> stored_in_words("Croquet")
    'Croquet'
    """
    try:
        if isinstance(value, str) and len(value) == len("2026-12-02"):
            return in_words(date.fromisoformat(value))
        if isinstance(value, str) and len(value) == len("2026-12-02 08:00"):
            return in_words(datetime.fromisoformat(value))
    except ValueError:
        pass
    return value


def _day_in_words(day: date) -> str:
    if day.year == timezone.localdate().year:
        return date_format(day, pgettext("day in words", "l j F"))
    return date_format(day, pgettext("day in words", "l j F Y"))
