"""Reading of an uploaded table (.xlsx, .xls, .ods or .csv), row by row, with limits on everything.

    table = open_table(file, TableLimits())
    for row in table.rows: row.number, row.cells

The table is parsed in a child process with limited memory and time, which starts within 0.1 s.
"""

from collections.abc import Iterator
from typing import IO

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.child_process.refusal import FileRejected
from console.child_process.runner import ProcessFailed, ProcessLimits, run
from console.sheets.types import SheetRow, Table, TableLimits

__all__ = [
    "SheetRow",
    "Table",
    "TableLimits",
    "UnreadableTable",
    "open_table",
]

#: The largest table that `TableLimits` allows, ten million cells, needs almost all of the memory.
PROCESS_LIMITS = ProcessLimits(memory=1_200_000_000, cpu_s=60, wait_s=120)
ERROR_MESSAGES: dict[str, str | Promise] = {
    "kind": _("Only .xlsx, .xls, .ods and .csv files can be read. Save the table as one of these."),
    "empty": _("The file is empty."),
    "csv": _("This table cannot be read. Save it as .xlsx or .csv."),
    "letters": _(
        "The text encoding of this file is not recognized. Save it as .xlsx, or as CSV in UTF-8 or GB18030."
    ),
    "xlsx": _("This Excel file cannot be read. Open it in Excel and save it as .xlsx."),
    "ods": _("This spreadsheet cannot be read. Save it again in the program that created it."),
    "locked": _("The file is password-protected. Save it again without a password."),
    "size": _("The table is too large. At most %(rows)d rows and %(columns)d columns can be read. Split it."),
    "failed": _(
        "This file is too large or damaged. Delete empty rows and columns, split the table, "
        "or save it again as .xlsx or .csv."
    ),
}


class UnreadableTable(ValueError):
    """The file is not a readable table; the first argument is a message for the person who uploaded it."""


class ParserMessage(msgspec.Struct):
    """A message of `table_parser.parse`."""

    kind: str = ""
    left_out: list[str] = []
    rows: list[SheetRow] = []


def open_table(file: IO[bytes], limits: TableLimits) -> Table:
    """Return the table in a file, whose type is detected by content, not by name.

    Raises UnreadableTable, here or while the rows are read.
    """
    messages = _parser_messages(file, limits)
    first = next(messages)
    return Table(first.kind, (row for message in messages for row in message.rows), first.left_out)


def _parser_messages(file: IO[bytes], limits: TableLimits) -> Iterator[ParserMessage]:
    try:
        yield from run(
            "console.sheets.table_parser:parse", file, limits, limits=PROCESS_LIMITS, result=ParserMessage
        )
    except FileRejected as refusal:
        raise UnreadableTable(ERROR_MESSAGES[refusal.code] % limits._asdict()) from None
    except ProcessFailed:
        raise UnreadableTable(str(ERROR_MESSAGES["failed"])) from None
