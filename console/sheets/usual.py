"""Parts of an Excel file as programs write them, by regular expressions: twice as fast as the parser.

A parser calls Python six times a cell, and those calls take the time. Excel, LibreOffice, WPS and the usual
libraries all write a row, or a shared text, in one shape, which an expression takes apart at once. What is
not in that shape to the last letter, be it right or wrong, goes to the parser, and so does all that follows:
the parser alone says what is XML and what it means.
"""

import re
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import unescape

from console.sheets.shape import Row
from console.sheets.xlsxparsers import SheetParser, TextParser, place_of, unescaped

LONGEST = 1 << 17
# No repetition gives back what it has taken (`++`): an expression looks at no letter more than twice.
# Text without what the parser refuses or changes (control characters, ends of lines); entities are XML's own.
LETTERS = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
TEXT = f"({LETTERS}(?:&(?:amp|lt|gt|quot|apos);{LETTERS})*+)"
NAMED = {"&quot;": '"', "&apos;": "'"}
# Attributes are few and short ones, for `_each_once` remembers them.
ATTRIBUTES = r'((?: [A-Za-z][A-Za-z0-9:]{0,40}+="[A-Za-z0-9.: ]{0,40}+"){0,16}+)'
ROW = re.compile(r'<row r="([0-9]{1,7})"' + ATTRIBUTES + "(/?)>")
CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]++"(?: s="[0-9]++")?+(?: t="([A-Za-z]++)")?+'
    r'(?:/>|>(?:(<v>)|<is><t(?: xml:space="preserve")?+>)' + TEXT + r"(?(3)</v>|</t></is>)</c>)"
)
SHARED = re.compile(
    r'<si><t(?: xml:space="preserve")?+>' + TEXT + "</t>(?:<phoneticPr" + ATTRIBUTES + "/>)?+"
)


class _Usual(ABC):
    """Fed like the parser that it stands before, and gives the same.

    `opened` is the element that holds what is taken apart, `end` how each of these ends.
    """

    opened: re.Pattern[bytes]
    end: str

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.pending = b""
        self.usual: bool | None = None

    def feed(self, chunk: bytes, last: bool = False) -> None:
        if self.usual is None:
            chunk = self.head(chunk)
        if self.usual:
            self.pending += chunk
            self.apart()
            chunk = b""
        if not self.usual or last:
            self.usual = False
            self.parser.feed(self.pending + chunk, last)
            self.pending = b""

    def taken(self) -> list[Any]:
        return self.parser.taken()  # type: ignore[no-any-return]

    def head(self, chunk: bytes) -> bytes:
        """Leave all before to the parser, which stays there while they pass it by; what follows."""
        opened = self.opened.search(chunk)
        until = opened.end() if opened else len(chunk)
        self.parser.feed(chunk[:until])
        encoding = (self.parser.encoding or "utf-8").lower()
        self.usual = opened is not None and self.parser.began == opened.start() and encoding == "utf-8"
        return chunk[until:]

    def apart(self) -> None:
        """Take what is whole off what is pending, up to one that is not usual."""
        end = self.pending.rfind(self.end.encode()) + len(self.end)
        if end < len(self.end):
            self.usual = len(self.pending) < LONGEST
            return
        try:
            all_of_them = self.pending[:end].decode().split(self.end)
        except UnicodeDecodeError:
            self.usual = False
            return
        for place, one in enumerate(all_of_them[:-1]):
            if not self.one(one):
                self.pending = self.end.join(all_of_them[place:]).encode() + self.pending[end:]
                self.usual = False
                return
        self.pending = self.pending[end:]

    @abstractmethod
    def one(self, text: str) -> bool:
        """Give what this is, without its end. False, and nothing given, if it is not usual."""


class UsualTexts(_Usual):
    """The table of shared texts."""

    opened = re.compile(rb'<sst(?: [A-Za-z:]++="[^<>&"]*+")*+>')
    end = "</si>"
    parser: TextParser

    def one(self, text: str) -> bool:
        found = SHARED.fullmatch(text)
        if not found or not _each_once(found[2] or ""):
            return False
        self.parser.done.append(unescaped(_plain(found[1])[: self.parser.limits.cell]))
        return True


class UsualRows(_Usual):
    """The rows of a sheet."""

    opened = re.compile(rb"<sheetData>")
    end = "</row>"
    parser: SheetParser

    def one(self, text: str) -> bool:
        """Empty rows before it are passed over."""
        at = 0
        while (row := ROW.match(text, at)) and _each_once("r" + row[2]):
            at = row.end()
            if not row[3]:
                return self.cells(int(row[1]), CELL.split(text[at:]))
        return False

    def cells(self, number: int, parts: list[str | None]) -> bool:
        """`parts` are five a cell: what stands before it, column, kind, if it is a value, and its text."""
        if any(parts[::5]):
            return False
        cells: list[str] = []
        put, cut = self.parser.put, self.parser.limits.cell
        for column, kind, text in zip(parts[1::5], parts[2::5], parts[4::5], strict=True):
            place = place_of(column)
            if text:
                put(cells, place, kind or "n", _plain(text)[:cut])
        self.parser.number = number
        if cells:
            self.parser.done.append(Row(number, cells))
        return True


def _plain(text: str) -> str:
    return unescape(text, NAMED) if "&" in text else text


@lru_cache(maxsize=1000)
def _each_once(attributes: str) -> bool:
    """Whether no attribute stands there twice, to which the parser says no."""
    names = [one.partition("=")[0] for one in attributes.split()]
    return len(names) == len(set(names))
