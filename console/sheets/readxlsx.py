"""Excel files, read row by row: the parts of the archive that hold text, through a streaming parser.

A library that lays a sheet out in memory by the places of its cells is ended by a file of 5 KB with a cell in
the last row and column (docs/decisions/0017); here a row holds what stands in it and no more.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    return name.rpartition(":")[2]


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
        self.parser = _parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end

    def feed(self, chunk: bytes, last: bool = False) -> None:
        self.parser.Parse(chunk, last)

    def taken(self) -> list[Any]:
        done, self.done = self.done, []
        return done

    def listen(self, whether: bool) -> None:
        self.parser.CharacterDataHandler = self.text.append if whether and not self.phonetic else None

    def told(self) -> str:
        whole = "".join(self.text)[: self.limits.cell]
        self.text.clear()
        return whole

    def start(self, tag: str, told: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        raise NotImplementedError


class _TextParser(_Feeding):
    """The table of shared texts: each `si` is one, in runs; how it is pronounced (`rPh`) is left out."""

    def start(self, tag: str, told: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "rPh":
            self.phonetic += 1
        elif tag == "t":
            self.listen(True)

    def end(self, tag: str) -> None:
        tag = _local(tag)
        if tag == "t":
            self.listen(False)
        elif tag == "rPh":
            self.phonetic -= 1
        elif tag == "si":
            self.done.append(_unescaped(self.told()))


class _SheetParser(_Feeding):
    """The rows of a sheet. A formula counts as the value that was computed last."""

    def __init__(self, shared: list[str], limits: Limits) -> None:
        super().__init__(limits)
        self.shared, self.number, self.cells = shared, 0, []  # type: ignore[var-annotated]
        self.kind, self.place = "n", 0

    def start(self, tag: str, told: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "c":
            self.kind = told.get("t", "n")
            self.place = _place(told["r"]) if "r" in told else len(self.cells)
        elif tag in ("v", "t"):
            self.listen(True)
        elif tag == "row":
            self.number, self.cells = int(told.get("r", self.number + 1)), []
        elif tag == "rPh":
            self.phonetic += 1

    def end(self, tag: str) -> None:
        tag = _local(tag)
        if tag in ("v", "t"):
            self.listen(False)
        elif tag == "c":
            self._keep(self.told())
        elif tag == "row":
            self.done.append(Row(self.number, self.cells))
        elif tag == "rPh":
            self.phonetic -= 1

    def _keep(self, text: str) -> None:
        value = self._value(text)
        if not value:
            return
        if self.place >= self.limits.columns:
            raise Unreadable(self.limits.sentence())
        self.cells.extend([""] * (self.place + 1 - len(self.cells)))
        self.cells[self.place] = value

    def _value(self, text: str) -> str:
        if self.kind == "s":
            return self.shared[int(text)] if text else ""
        if self.kind == "n":
            return number(text)
        if self.kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return _unescaped(text)


def number(text: str) -> str:
    """A number as people write it: whole ones without a point, so that a phone number stays one."""
    if not text or WHOLE.fullmatch(text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST_WHOLE else repr(value)


def _place(reference: str) -> int:
    """The column of a reference such as AB12, from 0."""
    column = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
        if column > WIDEST:
            raise _broken()
    return column - 1


def _unescaped(text: str) -> str:
    return clean(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text)
