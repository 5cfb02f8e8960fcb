"""CSV files that Excel opens as UTF-8 and in which no formula runs."""

import csv
import io
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from console.sheets.columns import Column, ColumnType, SheetRows, as_text
from console.sheets.formulas import escape_formula

BOM = "\ufeff"


def csv_text(rows: SheetRows, columns: Sequence[Column], *, zone: ZoneInfo, above: Sequence[str] = ()) -> str:
    """Return the whole file as text, with a byte order mark and CR LF after each row.

    The lines `above` the headings have one cell each.
    """
    return BOM + "".join(csv_lines(rows, columns, zone=zone, above=above))


def csv_lines(
    rows: SheetRows, columns: Sequence[Column], *, zone: ZoneInfo, above: Sequence[str] = ()
) -> Iterator[str]:
    """Yield the file row by row, headings first, without the byte order mark."""
    line = io.StringIO(newline="")
    # All cells are quoted: with a decimal comma, -1,2*A0 is one formula, and -1,"2*A0" is none.
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    writer.writerows([escape_formula(text)] for text in above)
    writer.writerow([escape_formula(column.heading(zone)) for column in columns])
    yield _drain(line)
    for row in rows:
        writer.writerow([_cell(row[column.key], column.kind, zone) for column in columns])
        yield _drain(line)


def _cell(value: object, kind: ColumnType, zone: ZoneInfo) -> str:
    text = as_text(value, kind, zone)
    return (
        escape_formula(text) if kind in (ColumnType.TEXT, ColumnType.ID) or isinstance(value, str) else text
    )


def _drain(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
