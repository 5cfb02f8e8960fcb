"""Parsing of a table, a spreadsheet or text, row by row; runs in a child process of `table_reader`.

Nothing is computed, fetched or executed; a cell is its stored text.
"""

from collections.abc import Iterator
from typing import IO, Any

from console.child_process.refusal import FileRejected
from console.sheets.csv_reader import read_csv_rows
from console.sheets.types import SheetRow, Table, TableLimits
from console.sheets.workbook_checks import workbook_kind
from console.sheets.workbook_reader import read_workbook

#: Maximum rows and characters of a message.
ROWS, CHARACTERS = 500, 200_000


def parse(file: IO[bytes], limits: list[int]) -> Iterator[dict[str, Any]]:
    """Yield the table as messages: type and further sheets first, then batches of rows."""
    table = read_table(file, TableLimits(*limits))
    yield {"kind": table.kind, "left_out": table.left_out}
    batch: list[SheetRow] = []
    characters = 0
    for row in table.rows:
        batch.append(row)
        characters += sum(map(len, row.cells))
        if len(batch) >= ROWS or characters >= CHARACTERS:
            yield {"rows": batch}
            batch, characters = [], 0
    yield {"rows": batch}


def read_table(file: IO[bytes], limits: TableLimits) -> Table:
    """Return the table in a file, whose type is detected by content, not by name. Raises FileRejected."""
    file.seek(0)
    if not file.read(1):
        raise FileRejected("empty")
    if kind := workbook_kind(file, limits):
        table = read_workbook(file, kind)
    else:
        table = Table("csv", read_csv_rows(file, limits.cell), [])
    return table._replace(rows=_bounded(table.rows, limits))


def _bounded(rows: Iterator[SheetRow], limits: TableLimits) -> Iterator[SheetRow]:
    """Yield the rows that are not empty; FileRejected beyond the limits."""
    count = characters = 0
    for row in rows:
        whole = "".join(row.cells)
        if len(whole) > limits.cell:  # only then may a single cell exceed the limit
            row = SheetRow(row.number, [cell[: limits.cell] for cell in row.cells])
            whole = "".join(row.cells)
        if not whole or whole.isspace():
            continue
        count += 1
        characters += len(whole)
        if count > limits.rows + 1 or len(row.cells) > limits.columns or characters > limits.characters:
            raise FileRejected("size")
        yield row
