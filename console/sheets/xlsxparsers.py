"""The parts of an Excel file that hold text, through a streaming parser: exact, whatever stands in them.

A parser is fed in pieces and gives what it has finished: texts, or rows.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from console.sheets.shape import Limits, Row, Unreadable, clean

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WHOLE = re.compile(r"-?[0-9]+")
DIGITS = "0123456789"
LARGEST_WHOLE = 10**15
WIDEST = 16_384
#: So many letters of a reference tell that it is beyond the widest sheet: no more of one is remembered.
LETTERS = 4


def broken() -> Unreadable:
    return Unreadable(_("This is no Excel file that can be read. Open it in Excel and save it as .xlsx."))


def xml_parser() -> Any:
    """A parser to which a document type, and with it any entity, is an error."""

    def refuse(*anything: Any) -> None:
        raise broken()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def local_name(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


class _Feeding:
    """A parser that is fed in pieces and gives what it has finished.

    `encoding` is what the part says of itself, `began` the byte at which the element that holds it all opens,
    None before it does.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits, self.done, self.text = limits, [], []  # type: ignore[var-annotated]
        self.encoding: str | None = None
        self.began: int | None = None
        self.phonetic = 0
        #: All text since an element that holds some began. Switching the handler on and off costs more.
        self.raw: list[str] = []
        self.parser = xml_parser()
        self.parser.CharacterDataHandler = self.raw.append
        self.parser.XmlDeclHandler = self.declared

    def declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = encoding

    def feed(self, chunk: bytes, last: bool = False) -> None:
        self.parser.Parse(chunk, last)
        for held in (self.raw, self.text):  # of a text without end no more is kept than will be used
            held[:] = ["".join(held)[: self.limits.cell]] if held else []

    def taken(self) -> list[Any]:
        done, self.done = self.done, []
        return done

    def heard(self) -> None:
        """Keep the text that has come since `raw` was emptied, unless it says how something is pronounced."""
        if not self.phonetic:
            self.text += self.raw

    def told(self) -> str:
        whole = "".join(self.text)[: self.limits.cell]
        self.text.clear()
        return whole


class TextParser(_Feeding):
    """The table of shared texts: each `si` is one, in runs; how it is pronounced (`rPh`) is left out."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end

    def start(self, tag: str, told: dict[str, str]) -> None:
        tag = local_name(tag)
        if self.began is None:
            self.began = self.parser.CurrentByteIndex
        elif tag == "rPh":
            self.phonetic += 1
        elif tag == "t" or tag == "si":
            self.raw.clear()

    def end(self, tag: str) -> None:
        tag = local_name(tag)
        if tag == "t":
            self.heard()
        elif tag == "rPh":
            self.phonetic -= 1
        elif tag == "si":
            self.done.append(unescaped(self.told()))


class SheetParser(_Feeding):
    """The rows of a sheet that hold anything. A formula counts as the value that was computed last.

    `number` is that of the last row.
    """

    def __init__(self, shared: list[str], limits: Limits) -> None:
        super().__init__(limits)
        self.shared, self.number = shared, 0
        self.above: list[str] = []
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.before, self.after

    def before(self, tag: str, told: dict[str, str]) -> None:
        """The start of an element outside of the rows: of the one that holds them, perhaps."""
        tag = local_name(tag)
        if tag == "sheetData" and self.above == ["worksheet"]:
            self.began = self.parser.CurrentByteIndex
            self.parser.StartElementHandler, self.parser.EndElementHandler = self.handlers()
        self.above.append(tag)

    def after(self, tag: str) -> None:
        self.above.pop()

    def handlers(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """For the start and the end of an element. Called six times a cell, so names are local ones."""
        raw, text = self.raw, self.text
        kind, place, cells = "n", 0, list[str]()

        def start(tag: str, told: dict[str, str]) -> None:
            nonlocal kind, place, cells
            if ":" in tag:
                tag = local_name(tag)
            if tag == "c":
                raw.clear()
                text.clear()
                kind = told.get("t", "n")
                place = place_of(told["r"].rstrip(DIGITS)[:LETTERS]) if "r" in told else len(cells)
            elif tag == "v" or tag == "t":
                raw.clear()
            elif tag == "row":
                self.number, cells = int(told.get("r", self.number + 1)), []
            elif tag == "rPh":
                self.phonetic += 1

        def end(tag: str) -> None:
            nonlocal cells
            if ":" in tag:
                tag = local_name(tag)
            if tag == "v" or tag == "t":
                self.heard()
            elif tag == "c":
                if text:
                    self.put(cells, place, kind, self.told())
            elif tag == "row":
                if cells:
                    self.done.append(Row(self.number, cells))
                    cells = []
            elif tag == "rPh":
                self.phonetic -= 1
            elif tag == "sheetData":
                self.parser.StartElementHandler, self.parser.EndElementHandler = self.before, self.after
                self.after(tag)

        return start, end

    def put(self, cells: list[str], place: int, kind: str, text: str) -> None:
        """Put into its place what a cell with this text shows, if anything."""
        if kind == "s":
            value = self.shared[int(text)]
        elif kind == "n":
            value = number(text)
        elif kind == "b":
            value = "TRUE" if text == "1" else "FALSE"
        else:
            value = unescaped(text)
        if not value:
            return
        if place >= self.limits.columns:
            raise Unreadable(self.limits.sentence())
        if place > len(cells):
            cells.extend([""] * (place - len(cells)))
        if place == len(cells):
            cells.append(value)
        else:
            cells[place] = value


def number(text: str) -> str:
    """A number as people write it: whole ones without a point, so that a phone number stays one."""
    if not text or WHOLE.fullmatch(text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST_WHOLE else repr(value)


@lru_cache(maxsize=1000)
def place_of(reference: str) -> int:
    """The column of a reference such as AB12, or of its letters alone, from 0."""
    column = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
        if column > WIDEST:
            raise broken()
    return column - 1


def unescaped(text: str) -> str:
    """What is no character of XML can only stand there escaped."""
    return clean(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)) if "_x" in text else text
