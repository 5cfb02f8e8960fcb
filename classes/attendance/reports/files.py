"""Reports as files, with their period, time zone and the note on shares."""

from itertools import chain
from typing import Any, BinaryIO, Protocol

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from classes.attendance.reports.forms import ReportPeriod, chosen_filters
from classes.attendance.reports.sheet import ReportSheet
from console.sheets.columns import Column, ColumnType, SheetRows
from console.sheets.csv_writer import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx
from console.ui.template_tags import format_time_zone, zone_name


class HasPeriod(Protocol):
    """The filter form of a report."""

    @property
    def period(self) -> ReportPeriod: ...


def report_file(
    sheet: ReportSheet,
    title: str,
    suffix: str,
    enterprise: Any,
    form: HasPeriod,
    rows: SheetRows | None = None,
) -> HttpResponseBase:
    """Return the sheet as a response that is saved as a file.

    `rows` are read one by one instead of those of the sheet, so that a long report needs little memory.
    A CSV file has school and filters in its name: programs that read it expect the headings first.
    """
    name = f"{title} {_days(form)}"
    if suffix == ".csv":
        about = ", ".join([enterprise.name, *(": ".join(pair) for pair in chosen_filters(form))])
        lines = csv_text(
            chain(sheet.rows if rows is None else rows, filter(None, [_total_row(sheet)])),
            _columns(sheet, enterprise),
            zone=enterprise.tz,
            above=_lines_above(sheet),
        )
        return attachment(lines, f"{name} {about}{suffix}")
    return attachment(report_workbook(sheet, title, enterprise, form, rows), f"{name}{suffix}")


def report_workbook(
    sheet: ReportSheet,
    title: str | Promise,
    enterprise: Any,
    form: HasPeriod,
    rows: SheetRows | None = None,
) -> BinaryIO:
    """Return the sheet as an open temporary Excel file; `rows` as in `report_file`."""
    zone, chosen = enterprise.tz, chosen_filters(form)
    meta = {
        _("School"): enterprise.name,
        _("Report"): title,
        _("Days"): _days(form),
        **({_("Filters"): "; ".join(": ".join(pair) for pair in chosen)} if chosen else {}),
        _("Time zone"): format_time_zone(),
        _("Shares"): sheet.note,
        _("Exported at"): timezone.localtime().isoformat(" ", "seconds"),
    }
    written = sheet.rows if rows is None else rows
    columns, above = _columns(sheet, enterprise), _lines_above(sheet)
    return write_xlsx(written, columns, title, meta, zone=zone, above=above, total=_total_row(sheet))


def _total_row(sheet: ReportSheet) -> dict[str, Any]:
    """Return the last row of the page, with a value or None per column; empty if the page has none."""
    if not sheet.total:
        return {}
    keys = [column.key for column in sheet.columns]
    return {key: sheet.total.get(key) for key in keys} | {keys[0]: _("Total")}


def _lines_above(sheet: ReportSheet) -> list[str]:
    """Return the lines above the headings; a file says as the page does if rows or columns are missing."""
    cut = [_("There is too much to show. Choose fewer days.")] if sheet.cut else []
    return [*sheet.above, *cut]


def _days(form: HasPeriod) -> str:
    period = form.period
    return f"{timezone.localtime(period.begins):%Y-%m-%d} – {timezone.localtime(period.last):%Y-%m-%d}"


def _columns(sheet: ReportSheet, enterprise: Any) -> list[Column]:
    """Return the columns; those of days name the time zone, too."""
    return [
        Column(one.key, f"{one.label} ({zone_name(enterprise.zone)})", one.kind, one.width)
        if one.kind == ColumnType.DATE
        else one
        for one in sheet.columns
    ]
