"""Example file of a timetable: a weekly series and a single lesson."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from classes.timetable.imports.columns import LABELS
from console.policy.views import SchoolView
from console.sheets.columns import Column, ColumnType
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx


def example_file(school: Any) -> HttpResponseBase:
    """Return an XLSX file in the reader's language that the import can read."""
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    until = monday + timedelta(weeks=20)
    common = {"start": "19:00", "end": "19:45", "teacher": _("user ID of the teacher")}
    series = {**common, "topic": _("Mathematics"), "date": monday.isoformat(), "weekdays": _("Mon, Wed")}
    single = {**common, "topic": _("Parents' evening"), "date": (monday + timedelta(days=3)).isoformat()}
    rows = [{**series, "until": until.isoformat(), "groups": _("Class 3; Class 4")}, single]
    columns = [Column(name, label, ColumnType.TEXT, 16) for name, label in LABELS.items()]
    file = write_xlsx((_row(row) for row in rows), columns, _("Timetable"), zone=school.tz)
    return attachment(file, f"{_('Timetable')}.xlsx")


def _row(values: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(LABELS, "") | values


class TimetableExample(SchoolView, View):
    """Download of the example file."""

    resource, action = "timetable_import", "add"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return example_file(self.request.user.enterprise)
