"""Reports as files, with their period, time zone and the note on shares."""

from typing import Any, BinaryIO

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from classes.attendance.reports.forms import ReportForm
from classes.attendance.reports.sheet import ReportSheet
from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx
from console.ui.template_tags import format_time_zone


def report_file(
    sheet: ReportSheet, title: str, suffix: str, enterprise: Any, form: ReportForm
) -> HttpResponseBase:
    """Return the sheet as a response that is saved as a file."""
    name = f"{title} {_days(form)}{suffix}"
    if suffix == ".csv":
        return attachment(csv_text(sheet.rows, _columns(sheet, enterprise), zone=enterprise.tz), name)
    return attachment(report_workbook(sheet, title, enterprise, form), name)


def report_workbook(sheet: ReportSheet, title: str | Promise, enterprise: Any, form: ReportForm) -> BinaryIO:
    """Return the sheet as an open temporary Excel file."""
    zone = enterprise.tz
    meta = {
        _("Report"): title,
        _("Days"): _days(form),
        _("Time zone"): f"{zone.key} · {format_time_zone()}",
        _("Shares"): sheet.note,
        _("Exported at"): timezone.localtime().isoformat(" ", "seconds"),
    }
    return write_xlsx(sheet.rows, _columns(sheet, enterprise), title, meta, zone=zone)


def _days(form: ReportForm) -> str:
    period = form.period
    return f"{timezone.localtime(period.begins):%Y-%m-%d} – {timezone.localtime(period.last):%Y-%m-%d}"


def _columns(sheet: ReportSheet, enterprise: Any) -> list[Column]:
    """Return the columns; those of days name the time zone, too."""
    return [
        Column(one.key, f"{one.label} ({enterprise.tz.key})", one.kind, one.width)
        if one.kind == ColumnType.DATE
        else one
        for one in sheet.columns
    ]
