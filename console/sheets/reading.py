"""Reading a table that somebody sends: Excel (.xlsx) or text (.csv), row by row, with bounds on everything.

    table = open_table(file, Limits())
    for row in table.rows: row.number, row.cells

Nothing is computed, fetched or run; a cell is the text that stands in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from console.sheets.readcsv import csv_rows
from console.sheets.readxlsx import open_sheets
from console.sheets.shape import Limits, Row, Unreadable

__all__ = ["Limits", "Row", "Table", "Unreadable", "open_table"]

ZIP, OLD_EXCEL, ODS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"mimetypeapplication/vnd.oasis"


@dataclass
class Table:
    """`rows` can be walked once. `left_out` are the names of further sheets, which are not read."""

    kind: str
    rows: Iterator[Row]
    left_out: list[str]


def open_table(file: IO[bytes], limits: Limits) -> Table:
    """The table in a file, told by its content, not its name. Unreadable with a sentence for its sender."""
    file.seek(0)
    head = file.read(120)
    file.seek(0)
    if head.startswith(OLD_EXCEL) or ODS in head:
        raise Unreadable(_("Only .xlsx and .csv files can be read. Save the table as one of these."))
    if not head:
        raise Unreadable(_("The file is empty."))
    if head.startswith(ZIP):
        sheets = open_sheets(file, limits)
        return Table("xlsx", _bounded(sheets.rows(), limits), sheets.names[1:])
    return Table("csv", _bounded(csv_rows(file), limits), [])


def _bounded(rows: Iterator[Row], limits: Limits) -> Iterator[Row]:
    """The rows that hold anything, no more and no larger than allowed."""
    count = characters = 0
    for row in rows:
        whole = "".join(row.cells)
        if len(whole) > limits.cell:  # only then may one of them be longer than that
            row = Row(row.number, [cell[: limits.cell] for cell in row.cells])
            whole = "".join(row.cells)
        if not whole or whole.isspace():
            continue
        count += 1
        characters += len(whole)
        if count > limits.rows + 1 or len(row.cells) > limits.columns or characters > limits.characters:
            raise Unreadable(limits.sentence())
        yield row
