"""Rows as .xlsx or .csv files: the refused rows of an import, and exports that can be imported again."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import IO, Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from console.sheets.columns import Column, ColumnType, SheetRows
from console.sheets.csv_writer import csv_text
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx

ROWS_PER_QUERY = 2_000


def export_refused_rows(source: Any, *, by: Any, suffix: str) -> HttpResponseBase:
    """Return the refused rows in the columns of the uploaded file, with the row number and reason."""
    originals = [Column(str(place), heading or "—") for place, heading in enumerate(source.headings)]
    columns = [
        *originals,
        Column("row", _("Row"), ColumnType.NUMBER, 8),
        Column("reason", _("Reason"), width=70),
    ]
    title = _("Rejected rows")
    return sheet_response(_refused_rows(source), columns, title, by=by, suffix=suffix)


def _refused_rows(source: Any) -> Iterator[dict[str, Any]]:
    rows = source.lines.filter(outcome="refused").order_by("number")
    empty = {str(place): "" for place in range(len(source.headings))}
    for row in rows.iterator(ROWS_PER_QUERY):
        cells = {str(place): cell for place, cell in enumerate(row.cells) if str(place) in empty}
        yield {**empty, **cells, "row": row.number, "reason": row.refusal_message}


def sheet_response(
    rows: Iterator[dict[str, Any]], columns: Sequence[Column], title: str, *, by: Any, suffix: str
) -> HttpResponseBase:
    """Return the rows as a file named after its title, the school and the date."""
    return attachment(
        write_sheet(rows, columns, title, by=by, suffix=suffix), export_filename(title, by, suffix)
    )


def export_filename(title: str, by: Any, suffix: str) -> str:
    return f"{title} {by.enterprise.name} {timezone.localdate():%Y-%m-%d}{suffix}"


@transaction.atomic
def write_sheet(
    rows: SheetRows,
    columns: Sequence[Column],
    title: str,
    *,
    by: Any,
    suffix: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> IO[bytes] | str:
    """Return the content of the file: text for .csv, an open file for .xlsx.

    In one transaction, without which the database hands over all rows at once.
    `more` are further lines of the second sheet of an .xlsx.
    """
    zone, school = by.enterprise.tz, by.enterprise.name
    if suffix == ".csv":
        return csv_text(rows, columns, zone=zone)
    meta = {_("School"): school, _("Exported at"): timezone.localtime().isoformat(" ", "seconds")}
    return write_xlsx(rows, columns, title, {**meta, **more}, zone=zone)
