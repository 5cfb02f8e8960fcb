"""Who is absent in a row: of each student the last marks of some days, where all of them are absent.

Read from the rows of absences that the database keeps (`classes/models/streak.py`), so that its cost goes
with how many students stay away at the end of these days, not with the marks that lie in them.
"""

from datetime import UTC, timedelta
from typing import Any

from django.db.models import DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from classes.models import Streak
from classes.reports.forms import ReportForm, Stretch
from classes.reports.sheet import Sheet
from console.policy import scoped
from console.policy.pages import keyset
from console.sheets.columns import Column, Kind

LEAST = 3
#: On one page; the longest row first, of two as long the older one.
SIZE = 200
ORDER = ("less", "since", "person_id")
COLUMNS = (
    Column("nickname", _("Name"), width=18),
    Column("user_id", _("User id"), Kind.ID, 16),
    Column("number", _("Absent in a row"), Kind.NUMBER, 12),
    Column("since", _("Since the lesson"), Kind.DATETIME, 22),
)
NOTE = _("The last marks of the student in the days chosen; “excused” and “no data” neither end nor add.")


def page(reader: Any, form: ReportForm, request: HttpRequest) -> Sheet:
    """The page that the address names."""
    found = keyset(in_a_row(reader, form), request, ORDER, SIZE)
    return Sheet(COLUMNS, [_line(one) for one in found.rows], NOTE, keyset=found)


def everybody(reader: Any, form: ReportForm) -> Sheet:
    """All of them, for a file."""
    return Sheet(COLUMNS, [_line(one) for one in in_a_row(reader, form).order_by(*ORDER)], NOTE)


def in_a_row(reader: Any, form: ReportForm) -> QuerySet[Any]:
    """The rows of absences that stand at the end of the days chosen, each with its person.

    `inside` is how many of its lessons began in these days, `less` the same below zero, `since` the first.
    """
    stretch, least = form.stretch, form.cleaned_data.get("least") or LEAST
    rows = scoped(Streak.objects.all(), reader, "report", "list").filter(_standing(stretch, least))
    counted = rows.annotate(
        before=_missed_before(stretch.begins), until=_missed_before(stretch.ends)
    ).annotate(
        inside=F("until") - F("before"), less=F("before") - F("until"), since=Nth("times", F("before"))
    )
    return counted.filter(inside__gte=least).prefetch_related("person")


class Nth(Func):
    """The item of an array after so many others."""

    arg_joiner = "["
    template = "(%(expressions)s + 1])"
    output_field = DateTimeField()


def _missed_before(moment: Any) -> Func:
    """How many lessons of a row began earlier: of numbers in order the database finds it by halving."""
    just_before = Value(moment - timedelta(microseconds=1), output_field=DateTimeField())
    return Func(just_before, F("times"), function="width_bucket", output_field=IntegerField())


def _standing(stretch: Stretch, least: int) -> Q:
    """Rows of absences that stand at the end of these days, and may have so many lessons in them.

    Each alternative is a range of an index; that it has so many indeed is for the count to say.
    """
    end = stretch.ends.astimezone(UTC)  # days of an hour more or less are none here
    standing = Q(ended_at=None, last_at__gte=stretch.begins)
    for level, days in enumerate(Streak.REACH):
        standing |= Q(level=level, ended_at__gte=end, ended_at__lt=end + timedelta(days=days))
    standing |= Q(level=len(Streak.REACH), ended_at__gte=end)
    return standing & Q(number__gte=least, began_at__lt=end)


def _line(one: Any) -> dict[str, Any]:
    return {
        "nickname": one.person.nickname,
        "user_id": one.person.user_id,
        "number": one.inside,
        "since": one.since,
        "link": reverse("classes:report_student", args=[one.person_id]),
    }
