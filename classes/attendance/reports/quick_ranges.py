"""Quick ranges of the reports: weeks, months and the term, as links that act at once."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.reports.forms import ReportPeriod
from classes.models import Term

DAYS_OF_WEEK = 7


class QuickRange(NamedTuple):
    """Days from `since` to `until`, both included; `is_chosen` if the page shows them."""

    label: str | Promise
    since: date
    until: date
    is_chosen: bool = False


def quick_ranges(reader: Any, period: ReportPeriod) -> list[QuickRange]:
    """Return the ranges around today, in the active time zone; without a term none for it."""
    today = timezone.localdate()
    monday, first = week_of(today)[0], today.replace(day=1)
    found = [
        QuickRange(_("This week"), *week_of(today)),
        QuickRange(_("Last week"), *week_of(monday - timedelta(days=1))),
        QuickRange(_("This month"), *month_of(today)),
        QuickRange(_("Last month"), *month_of(first - timedelta(days=1))),
    ]
    # Between two terms the one that has just ended is asked for.
    terms = Term.objects.filter(enterprise=reader.enterprise_id, starts_on__lte=today)
    if term := terms.order_by("-starts_on", "-id").first():
        found.append(QuickRange(_("Term"), term.starts_on, term.ends_on))
    shown = timezone.localdate(period.begins), timezone.localdate(period.last)
    return [one._replace(is_chosen=(one.since, one.until) == shown) for one in found]


def week_of(day: date) -> tuple[date, date]:
    """Return Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=DAYS_OF_WEEK - 1)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month of a day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
