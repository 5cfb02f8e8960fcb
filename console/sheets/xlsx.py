"""Excel files, written row by row: 100,000 rows need no more memory than ten."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext

from console.later import Later
from console.sheets.columns import Column, Kind, Rows, local, seconds

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

xlsxwriter = Later("xlsxwriter")
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
EXACT = 10**15
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
FORMATS = {
    Kind.TEXT: {"quote_prefix": True},
    Kind.ID: {"quote_prefix": True, "num_format": "@"},
    Kind.NUMBER: {},
    Kind.SHARE: {"num_format": "0.0%"},
    Kind.DATETIME: {"num_format": "yyyy-mm-dd hh:mm:ss"},
    Kind.DATE: {"num_format": "yyyy-mm-dd"},
    Kind.DURATION: {"num_format": "[h]:mm:ss"},
}


#: Most cells of most files.
TEXTS = frozenset((Kind.TEXT, Kind.ID))


class SheetTooLong(ValueError):
    """More rows than an Excel sheet holds."""


def xlsx(
    rows: Rows,
    columns: Sequence[Column],
    title: str | Promise,
    meta: Mapping[Any, Any] | None = None,
    *,
    zone: ZoneInfo,
) -> BinaryIO:
    """A file, opened at its start, that vanishes when it is closed.

    The first sheet is named `title` and has the headings in its first row; `meta` (whose file, when, by whom)
    fills a second one. Text is written as text, whatever it begins with. Raises SheetTooLong.
    """
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        # The folder goes with whatever a failure leaves of the rows in it.
        with (
            tempfile.TemporaryDirectory() as folder,
            xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book,
        ):
            _table(book, _name(str(title)), rows, columns, zone)
            if meta:
                _about(book, meta)
        file.seek(0)
        opened.pop_all()  # from here on it is the caller's to close
    return file


def _table(book: "Workbook", name: str, rows: Rows, columns: Sequence[Column], zone: ZoneInfo) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "quote_prefix": True})
    formats = {kind: book.add_format(properties) for kind, properties in FORMATS.items()}
    # Whether it is a text is looked up once a column: the hash of an enumeration is a call in Python.
    written = [(one.key, one.kind, one.kind in TEXTS, formats[one.kind]) for one in columns]
    write = sheet.write_string
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading(zone), bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last >= MAX_ROWS:
            raise SheetTooLong(gettext("An Excel sheet holds 1,048,575 rows. Take the CSV file instead."))
        for place, (key, kind, is_text, style) in enumerate(written):
            value = row[key]
            if is_text and value is not None:
                write(last, place, str(value)[:MAX_TEXT], style)
            elif value is not None:
                _cell(sheet, last, place, value, kind, formats, zone)
    if columns:
        sheet.autofilter(0, 0, last, len(columns) - 1)


def _cell(
    sheet: "Worksheet",
    row: int,
    place: int,
    value: Any,
    kind: Kind,
    formats: "Mapping[Kind, Format]",
    zone: ZoneInfo,
) -> None:
    if kind == Kind.NUMBER and abs(value) >= EXACT:  # Excel keeps 15 digits of a number
        kind = Kind.TEXT
    style = formats[kind]
    if kind == Kind.DATETIME:
        sheet.write_datetime(row, place, local(value, zone), style)
    elif kind == Kind.DATE:
        sheet.write_datetime(row, place, value, style)
    elif kind == Kind.DURATION:
        sheet.write_number(row, place, seconds(value) / 86_400, style)
    elif kind in (Kind.NUMBER, Kind.SHARE):
        sheet.write_number(row, place, value, style)
    else:
        sheet.write_string(row, place, str(value)[:MAX_TEXT], style)


def _about(book: "Workbook", meta: Mapping[Any, Any]) -> None:
    taken = book.worksheets()[0].get_name()
    sheet = book.add_worksheet(_name(gettext("About this file"), besides=taken))
    quoted = book.add_format(FORMATS[Kind.TEXT])
    sheet.set_column(0, 1, 32)
    for row, (label, value) in enumerate(meta.items()):
        sheet.write_string(row, 0, str(label), quoted)
        sheet.write_string(row, 1, str(value), quoted)


def _name(title: str, besides: str = "") -> str:
    """A name that Excel takes for a sheet: 31 characters, some forbidden, one reserved, no twins."""
    name = NOT_IN_NAMES.sub(" ", title).strip(" '")[:31].strip(" '")
    if not name or name.lower() in ("history", besides.lower()):
        return f"{name[:27]} (2)".strip()
    return name
