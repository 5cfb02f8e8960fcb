"""The whole school by day or week, from the tally of each lesson."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDay, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models import Mark, Tally
from classes.reports.forms import ReportForm
from classes.reports.sheet import DENOMINATOR, Sheet, share
from console.policy import scoped
from console.sheets.columns import Column, Kind

NUMBERS = tuple(Mark.values)


def school(reader: Any, form: ReportForm) -> Sheet:
    """A row a day (or week, named by its Monday) on which lessons were held, the newest first."""
    stretch, chosen = form.stretch, form.cleaned_data
    zone = timezone.get_current_timezone()
    tallies = scoped(Tally.objects.all(), reader, "tally", "list").filter(
        lesson__starts_at__gte=stretch.begins, lesson__starts_at__lt=stretch.ends, lesson__cancelled_at=None
    )
    for name in ("teacher", "course"):
        if chosen.get(name):
            tallies = tallies.filter(**{f"lesson__{name}": chosen[name]})
    weekly = chosen.get("by") == "week"
    trunc = (TruncWeek if weekly else TruncDay)("lesson__starts_at", tzinfo=zone)
    rows = (
        tallies.annotate(day=trunc)
        .values("day")
        .annotate(lessons=Count("pk"), people=Sum("expected"), **{name: Sum(F(name)) for name in NUMBERS})
        .order_by("-day")
    )
    lines = [_line(row, weekly) for row in rows]
    total = {name: sum(line[name] for line in lines) for name in ("lessons", "people", *NUMBERS)}
    columns = (
        Column("day", _("Week from") if weekly else _("Day"), Kind.DATE, 14),
        Column("lessons", _("Lessons"), Kind.NUMBER, 10),
        Column("people", _("Marks"), Kind.NUMBER, 10),
        *(Column(mark.value, mark.label, Kind.NUMBER, 12) for mark in Mark),
        Column("share", _("Attended"), Kind.SHARE, 12),
    )
    return Sheet(columns, lines, DENOMINATOR, total={**total, "share": share(total)} if lines else {})


def _line(row: Mapping[str, Any], weekly: bool) -> dict[str, Any]:
    day = row["day"].date()
    last = day + timedelta(days=6) if weekly else day
    return {**row, "day": day, "share": share(row), "link": f"/lessons/?since={day}&until={last}"}
