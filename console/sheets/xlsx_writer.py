"""Excel files, written row by row in constant memory."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext

from console.lazy_import import LazyModule
from console.sheets.columns import Column, ColumnType, SheetRows, local_time, total_seconds
from console.ui.shares import shown_share

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

xlsxwriter = LazyModule("xlsxwriter")
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
EXACT_NUMBER_LIMIT = 10**15
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FORMATS = {
    ColumnType.TEXT: {"quote_prefix": True},
    ColumnType.ID: {"quote_prefix": True, "num_format": "@"},
    ColumnType.NUMBER: {},
    ColumnType.SHARE: {"num_format": "0.0%"},
    ColumnType.DATETIME: {"num_format": "yyyy-mm-dd hh:mm:ss"},
    ColumnType.DATE: {"num_format": "yyyy-mm-dd"},
    ColumnType.DURATION: {"num_format": "[h]:mm:ss"},
}


#: The types of most cells.
TEXT_TYPES = frozenset((ColumnType.TEXT, ColumnType.ID))


class SheetTooLong(ValueError):
    """More rows than an Excel sheet holds."""


def write_xlsx(
    rows: SheetRows,
    columns: Sequence[Column],
    title: str | Promise,
    meta: Mapping[Any, Any] | None = None,
    *,
    zone: ZoneInfo,
    above: Sequence[str] = (),
    total: Mapping[str, Any] | None = None,
) -> BinaryIO:
    """Return an open temporary file, positioned at its start; closing deletes it.

    The first sheet is named `title` and has the headings in its first row, below the lines `above`, and
    `total` as its last row; `meta` (whose file, when, by whom) fills a second one. Text is written as text,
    whatever it begins with. Raises SheetTooLong.
    """
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        # The temporary folder is deleted with the rows in it, also after a failure.
        with (
            tempfile.TemporaryDirectory() as folder,
            xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book,
        ):
            _write_table(book, _sheet_name(str(title)), rows, columns, zone, above, total or {})
            if meta:
                _write_metadata(book, meta)
        file.seek(0)
        opened.pop_all()  # the caller closes the file from here on
    return file


def _write_table(
    book: "Workbook",
    name: str,
    rows: SheetRows,
    columns: Sequence[Column],
    zone: ZoneInfo,
    above: Sequence[str],
    total: Mapping[str, Any],
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "quote_prefix": True})
    formats = {kind: book.add_format(properties) for kind, properties in FORMATS.items()}
    # Text types are looked up once per column: hashing an enumeration is a call in Python.
    written = [
        (column.key, column.kind, column.kind in TEXT_TYPES, formats[column.kind]) for column in columns
    ]
    write = sheet.write_string
    for last, text in enumerate(above):
        write(last, 0, text[:MAX_TEXT], formats[ColumnType.TEXT])
    head = last = len(above)
    sheet.freeze_panes(head + 1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(head, place, column.heading(zone), bold)
    for last, row in enumerate(rows, start=head + 1):
        if last >= MAX_ROWS:
            raise SheetTooLong(gettext("An Excel sheet can hold 1,048,575 rows. Use CSV instead."))
        for place, (key, kind, is_text, style) in enumerate(written):
            value = row[key]
            if is_text and value is not None:
                write(last, place, str(value)[:MAX_TEXT], style)
            elif value is not None:
                _write_cell(sheet, last, place, value, kind, formats, zone)
    if columns:
        sheet.autofilter(head, 0, last, len(columns) - 1)
    # Below what the filter covers, so that sorting leaves it where it is.
    for place, column in enumerate(columns if total else ()):
        if (value := total.get(column.key)) is not None:
            kind = ColumnType.TEXT if isinstance(value, str) else column.kind
            _write_cell(sheet, last + 1, place, value, kind, formats, zone)


def _write_cell(
    sheet: "Worksheet",
    row: int,
    place: int,
    value: Any,
    kind: ColumnType,
    formats: "Mapping[ColumnType, Format]",
    zone: ZoneInfo,
) -> None:
    if kind == ColumnType.NUMBER and abs(value) >= EXACT_NUMBER_LIMIT:  # Excel keeps 15 digits
        kind = ColumnType.TEXT
    style = formats[kind]
    if kind == ColumnType.DATETIME:
        sheet.write_datetime(row, place, local_time(value, zone), style)
    elif kind == ColumnType.DATE:
        sheet.write_datetime(row, place, value, style)
    elif kind == ColumnType.DURATION:
        sheet.write_number(row, place, total_seconds(value) / 86_400, style)
    elif kind == ColumnType.SHARE:
        sheet.write_number(row, place, shown_share(value), style)
    elif kind == ColumnType.NUMBER:
        sheet.write_number(row, place, value, style)
    else:
        sheet.write_string(row, place, str(value)[:MAX_TEXT], style)


def _write_metadata(book: "Workbook", meta: Mapping[Any, Any]) -> None:
    taken = book.worksheets()[0].get_name()
    sheet = book.add_worksheet(_sheet_name(gettext("About this file"), reserved=taken))
    quoted = book.add_format(FORMATS[ColumnType.TEXT])
    sheet.set_column(0, 1, 32)
    for row, (label, value) in enumerate(meta.items()):
        sheet.write_string(row, 0, str(label), quoted)
        sheet.write_string(row, 1, str(value), quoted)


def _sheet_name(title: str, reserved: str = "") -> str:
    """Return a valid sheet name: 31 characters, no forbidden ones, not "History", not `reserved`."""
    name = NOT_IN_NAMES.sub(" ", title).strip(" '")[:31].strip(" '")
    if not name or name.lower() in ("history", reserved.lower()):
        return f"{name[:27]} (2)".strip()
    return name
