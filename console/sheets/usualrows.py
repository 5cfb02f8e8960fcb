"""The rows of a sheet as programs write them, by regular expressions: twice as fast as the parser.

A parser calls Python six times a cell, and those calls take the time. Excel, LibreOffice, WPS and the usual
libraries all write a row in one shape, which an expression takes apart at once. What is not in that shape to
the last letter, be it right or wrong, goes to the parser, and so does all that follows: the parser alone says
what is XML and what a row means.
"""

import re
from functools import lru_cache

from console.sheets.shape import Row
from console.sheets.xlsxparsers import SheetParser, place_of

LONGEST_ROW = 1 << 17
OPENED, END = b"<sheetData>", "</row>"
# Text without entities, and without what the parser refuses or changes (control characters, ends of lines).
# No repetition gives back what it has taken (`++`): an expression looks at no letter more than twice.
TEXT = r"([^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+)"
# Attributes are few and short ones, for `_each_once` remembers them.
ROW = re.compile(
    r'<row r="([0-9]{1,7})"((?: [A-Za-z][A-Za-z0-9:]{0,40}+="[A-Za-z0-9.: ]{0,40}+"){0,16}+)(/?)>'
)
CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]++"(?: s="[0-9]++")?+(?: t="([A-Za-z]++)")?+'
    r'(?:/>|>(?:(<v>)|<is><t(?: xml:space="preserve")?+>)' + TEXT + r"(?(3)</v>|</t></is>)</c>)"
)


class UsualRows:
    """Fed like the parser that it stands before, and gives the same rows."""

    def __init__(self, sheet: SheetParser) -> None:
        self.sheet = sheet
        self.pending = b""
        self.usual: bool | None = None

    def feed(self, chunk: bytes, last: bool = False) -> None:
        if self.usual is None:
            chunk = self.head(chunk)
        if self.usual:
            self.pending += chunk
            self.rows()
            chunk = b""
        if not self.usual or last:
            self.usual = False
            self.sheet.feed(self.pending + chunk, last)
            self.pending = b""

    def taken(self) -> list[Row]:
        return self.sheet.taken()

    def head(self, chunk: bytes) -> bytes:
        """Leave all before the rows to the parser, which stays there while they pass it by; what follows."""
        head, opened, rows = chunk.partition(OPENED)
        self.sheet.feed(head + opened)
        encoding = (self.sheet.encoding or "utf-8").lower()
        self.usual = bool(opened) and self.sheet.began == len(head) and encoding == "utf-8"
        return rows

    def rows(self) -> None:
        """Take the whole rows off what is pending, up to one that is not usual."""
        end = self.pending.rfind(END.encode()) + len(END)
        if end < len(END):
            self.usual = len(self.pending) < LONGEST_ROW
            return
        try:
            rows = self.pending[:end].decode().split(END)
        except UnicodeDecodeError:
            self.usual = False
            return
        for place, row in enumerate(rows[:-1]):
            if not self.row(row):
                self.pending = END.join(rows[place:]).encode() + self.pending[end:]
                self.usual = False
                return
        self.pending = self.pending[end:]

    def row(self, text: str) -> bool:
        """Give the row, passing over empty ones before it. False, and nothing given, if it is not usual."""
        at = 0
        while (row := ROW.match(text, at)) and _each_once(row[2]):
            at = row.end()
            if not row[3]:
                return self.cells(int(row[1]), CELL.split(text[at:]))
        return False

    def cells(self, number: int, parts: list[str | None]) -> bool:
        """`parts` are five a cell: what stands before it, column, kind, if it is a value, and its text."""
        if any(parts[::5]):
            return False
        cells: list[str] = []
        put, cut = self.sheet.put, self.sheet.limits.cell
        for column, kind, text in zip(parts[1::5], parts[2::5], parts[4::5], strict=True):
            place = place_of(column)
            if text:
                put(cells, place, kind or "n", text[:cut])
        self.sheet.number = number
        if cells:
            self.sheet.done.append(Row(number, cells))
        return True


@lru_cache(maxsize=1000)
def _each_once(attributes: str) -> bool:
    """Whether no attribute of a row stands there twice, to which the parser says no."""
    names = ["r", *(one.partition("=")[0] for one in attributes.split())]
    return len(names) == len(set(names))
