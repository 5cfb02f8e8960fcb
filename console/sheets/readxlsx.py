"""Excel files, read row by row: the parts of the archive that hold text, through a streaming parser.

A library that lays a sheet out in memory by the places of its cells is ended by a file of 5 KB with a cell in
the last row and column (docs/decisions/0017); here a row holds what stands in it and no more.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from posixpath import normpath
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from console.sheets.shape import Limits, Row, Unreadable, clean

CHUNK = 1 << 16
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WHOLE = re.compile(r"-?[0-9]+")
BROKEN = (BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, NotImplementedError, RuntimeError)
DIGITS = "0123456789"
LARGEST_WHOLE = 10**15
WIDEST = 16_384


@dataclass
class Sheets:
    """`names` of the sheets that can be seen, in their order; the first one is read."""

    archive: ZipFile
    names: list[str]
    part: str
    limits: Limits

    def rows(self) -> Iterator[Row]:
        try:
            shared = _shared(self.archive, self.limits)
            yield from _walk(self.archive, self.part, _SheetParser(shared, self.limits))
        except (*BROKEN, ValueError, OverflowError, IndexError) as error:
            raise error if isinstance(error, Unreadable) else _broken() from None


def open_sheets(file: IO[bytes], limits: Limits) -> Sheets:
    """The workbook in a file. Unreadable where it is none, is locked, or unpacks to more than allowed."""
    try:
        archive = ZipFile(file)
        entries = archive.infolist()
        if len(entries) > limits.entries or sum(one.file_size for one in entries) > limits.unpacked:
            raise Unreadable(limits.sentence())
        if any(one.flag_bits & 1 for one in entries):
            raise Unreadable(_("The file is locked by a password. Save it without one."))
        sheets = _named(archive)
        return Sheets(archive, [name for name, _part in sheets], sheets[0][1], limits)
    except (*BROKEN, IndexError) as error:
        raise error if isinstance(error, Unreadable) else _broken() from None


def _broken() -> Unreadable:
    return Unreadable(_("This is no Excel file that can be read. Open it in Excel and save it as .xlsx."))


def _named(archive: ZipFile) -> list[tuple[str, str]]:
    """The visible sheets: name and part of the archive."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str]] = []

    def relation(tag: str, told: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[told["Id"]] = told["Target"]

    def sheet(tag: str, told: dict[str, str]) -> None:
        if tag == "sheet" and told.get("state", "visible") == "visible":
            key = next(value for name, value in told.items() if _local(name) == "id")
            found.append((told["name"], targets[key]))

    _simple(archive, "xl/_rels/workbook.xml.rels", relation)
    _simple(archive, "xl/workbook.xml", sheet)
    return [
        (name, normpath(part.lstrip("/") if part.startswith("/") else f"xl/{part}")) for name, part in found
    ]


def _simple(archive: ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = _parser()
    parser.StartElementHandler = lambda tag, told: start(_local(tag), told)
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)


def _parser() -> Any:
    """A parser to which a document type, and with it any entity, is an error."""

    def refuse(*anything: Any) -> None:
        raise _broken()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _walk(archive: ZipFile, part: str, parser: Any) -> Iterator[Any]:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
            yield from parser.taken()
        parser.feed(b"", True)
        yield from parser.taken()


def _shared(archive: ZipFile, limits: Limits) -> list[str]:
    """The texts that cells name by number; files without texts have none."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return list(_walk(archive, "xl/sharedStrings.xml", _TextParser(limits)))


class _Feeding:
    """A parser that is fed in pieces and gives what it has finished."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.done, self.text = limits, [], []  # type: ignore[var-annotated]
        self.phonetic = 0
        #: All text since an element that holds some began. Switching the handler on and off costs more.
        self.raw: list[str] = []
        self.parser = _parser()
        self.parser.CharacterDataHandler = self.raw.append

    def feed(self, chunk: bytes, last: bool = False) -> None:
        self.parser.Parse(chunk, last)

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


class _TextParser(_Feeding):
    """The table of shared texts: each `si` is one, in runs; how it is pronounced (`rPh`) is left out."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end

    def start(self, tag: str, told: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "rPh":
            self.phonetic += 1
        elif tag == "t" or tag == "si":
            self.raw.clear()

    def end(self, tag: str) -> None:
        tag = _local(tag)
        if tag == "t":
            self.heard()
        elif tag == "rPh":
            self.phonetic -= 1
        elif tag == "si":
            self.done.append(_unescaped(self.told()))


class _SheetParser(_Feeding):
    """The rows of a sheet. A formula counts as the value that was computed last."""

    def __init__(self, shared: list[str], limits: Limits) -> None:
        super().__init__(limits)
        self.shared = shared
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.handlers()

    def handlers(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """For the start and the end of an element. Called six times a cell, so names are local ones."""
        raw, text, value_of, columns = self.raw, self.text, self.value, self.limits.columns
        kind, place, number, cells = "n", 0, 0, list[str]()

        def start(tag: str, told: dict[str, str]) -> None:
            nonlocal kind, place, number, cells
            if ":" in tag:
                tag = _local(tag)
            if tag == "c":
                raw.clear()
                kind = told.get("t", "n")
                place = _place(told["r"].rstrip(DIGITS)) if "r" in told else len(cells)
            elif tag == "v" or tag == "t":
                raw.clear()
            elif tag == "row":
                number, cells = int(told.get("r", number + 1)), []
            elif tag == "rPh":
                self.phonetic += 1

        def end(tag: str) -> None:
            if ":" in tag:
                tag = _local(tag)
            if tag == "v" or tag == "t":
                self.heard()
            elif tag == "c":
                if not text or not (value := value_of(kind, self.told())):
                    return
                if place >= columns:
                    raise Unreadable(self.limits.sentence())
                if place > len(cells):
                    cells.extend([""] * (place - len(cells)))
                if place == len(cells):
                    cells.append(value)
                else:
                    cells[place] = value
            elif tag == "row":
                self.done.append(Row(number, cells))
            elif tag == "rPh":
                self.phonetic -= 1

        return start, end

    def value(self, kind: str, text: str) -> str:
        if kind == "s":
            return self.shared[int(text)] if text else ""
        if kind == "n":
            return number(text)
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return _unescaped(text)


def number(text: str) -> str:
    """A number as people write it: whole ones without a point, so that a phone number stays one."""
    if not text or WHOLE.fullmatch(text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST_WHOLE else repr(value)


@lru_cache(maxsize=1000)
def _place(reference: str) -> int:
    """The column of a reference such as AB12, or of its letters alone, from 0."""
    column = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
        if column > WIDEST:
            raise _broken()
    return column - 1


def _unescaped(text: str) -> str:
    """What is no character of XML can only stand there escaped."""
    return clean(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)) if "_x" in text else text
