"""A file that shows the columns of a timetable: a weekly series and a single lesson."""

from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from classes.imports.columns import LABELS
from console.sheets.columns import Column, Kind
from console.sheets.download import attachment
from console.sheets.xlsx import xlsx


def example(school: Any) -> HttpResponseBase:
    """An XLSX file in the reader's language, which the import reads."""
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    until = monday + timedelta(weeks=20)
    common = {"start": "19:00", "end": "19:45", "teacher": _("user id of the teacher")}
    series = {**common, "topic": _("Mathematics"), "date": monday.isoformat(), "weekdays": _("Mon, Wed")}
    single = {**common, "topic": _("Parents' evening"), "date": (monday + timedelta(days=3)).isoformat()}
    rows = [{**series, "until": until.isoformat(), "groups": _("Class 3; Class 4")}, single]
    columns = [Column(name, label, Kind.TEXT, 16) for name, label in LABELS.items()]
    file = xlsx((_row(row) for row in rows), columns, _("Timetable"), zone=school.tz)
    return attachment(file, f"{_('Timetable')}.xlsx")


def _row(told: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(LABELS, "") | told
