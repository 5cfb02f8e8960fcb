"""CSV files that Excel opens in UTF-8 and in which no cell runs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from console.sheets.columns import Column, Kind, Rows, plain

BOM = "\ufeff"
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?%?")
RUNS = "=+\\-@＝＋－＠"
SKIPPED = r"[\s\"\ufeff\u200b-\u200f\u2060\x00-\x1f]*"
AT_START = re.compile(rf"[\t\r\n]|{SKIPPED}[{RUNS}]")
# A program that takes ; or a tab for the separator sees a cell begin in the middle of ours.
INSIDE = re.compile(rf"([;\t\r\n]{SKIPPED})(?=[{RUNS}])")
INSIDE_QUOTED = re.compile(rf"([;\t\r\n]{SKIPPED})'(?=[{RUNS}])")


def csv_text(rows: Rows, columns: Sequence[Column], *, zone: ZoneInfo) -> str:
    """The whole file as text, with a byte order mark in front and CR LF after each row."""
    return BOM + "".join(csv_lines(rows, columns, zone=zone))


def csv_lines(rows: Rows, columns: Sequence[Column], *, zone: ZoneInfo) -> Iterator[str]:
    """The file row by row, without the byte order mark; the headings come first."""
    line = io.StringIO(newline="")
    # All quoted: where the comma is the decimal sign, -1,2*A0 is one formula, and -1,"2*A0" is none.
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    writer.writerow([inert(column.heading(zone)) for column in columns])
    yield _taken(line)
    for row in rows:
        writer.writerow([_cell(row[column.key], column.kind, zone) for column in columns])
        yield _taken(line)


def inert(text: str) -> str:
    """The text with a ' in front of what a spreadsheet would run; a plain number stays as it is."""
    if NUMBER.fullmatch(text):
        return text
    quoted = INSIDE.sub(r"\1'", text)
    return f"'{quoted}" if AT_START.match(text) else quoted


def original(text: str) -> str:
    """What `inert` was given, where this is what it answered; other text stays as it is."""
    bare = INSIDE_QUOTED.sub(r"\1", text.removeprefix("'"))
    return bare if bare != text and inert(bare) == text else text


def _cell(value: object, kind: Kind, zone: ZoneInfo) -> str:
    text = plain(value, kind, zone)
    return inert(text) if kind in (Kind.TEXT, Kind.ID) or isinstance(value, str) else text


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
