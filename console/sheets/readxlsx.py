"""Excel files, read row by row: the parts of the archive that hold text, through a streaming parser.

A library that lays a sheet out in memory by the places of its cells is ended by a file of 5 KB with a cell in
the last row and column (docs/decisions/0017); here a row holds what stands in it and no more.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import normpath
from typing import IO, Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from django.utils.translation import gettext as _

from console.sheets.shape import Limits, Row, Unreadable
from console.sheets.usual import UsualRows, UsualTexts
from console.sheets.xlsxparsers import SheetParser, TextParser, broken, local_name, xml_parser

CHUNK = 1 << 16
PACKED = (ZIP_STORED, ZIP_DEFLATED)
BROKEN = (
    BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    ValueError,
    ArithmeticError,
    RuntimeError,
)


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
            yield from _walk(self.archive, self.part, UsualRows(SheetParser(shared, self.limits)))
        except BROKEN as error:
            raise error if isinstance(error, Unreadable) else broken() from None


def open_sheets(file: IO[bytes], limits: Limits) -> Sheets:
    """The workbook in a file. Unreadable where it is none, is locked, or unpacks to more than allowed."""
    try:
        archive = ZipFile(file)
        entries = archive.infolist()
        if len(entries) > limits.entries or sum(one.file_size for one in entries) > limits.unpacked:
            raise Unreadable(limits.sentence())
        if any(one.flag_bits & 1 for one in entries):
            raise Unreadable(_("The file is locked by a password. Save it without one."))
        if any(one.compress_type not in PACKED for one in entries):  # unpacking may ask for any memory
            raise broken()
        sheets = _named(archive)
        return Sheets(archive, [name for name, _part in sheets], sheets[0][1], limits)
    except BROKEN as error:
        raise error if isinstance(error, Unreadable) else broken() from None


def _named(archive: ZipFile) -> list[tuple[str, str]]:
    """The visible sheets: name and part of the archive."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str]] = []

    def relation(tag: str, told: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[told["Id"]] = told["Target"]

    def sheet(tag: str, told: dict[str, str]) -> None:
        if tag == "sheet" and told.get("state", "visible") == "visible":
            key = next((value for name, value in told.items() if local_name(name) == "id"), "")
            found.append((told["name"], targets[key]))

    _simple(archive, "xl/_rels/workbook.xml.rels", relation)
    _simple(archive, "xl/workbook.xml", sheet)
    return [
        (name, normpath(part.lstrip("/") if part.startswith("/") else f"xl/{part}")) for name, part in found
    ]


def _simple(archive: ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = xml_parser()
    parser.StartElementHandler = lambda tag, told: start(local_name(tag), told)
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)


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
    return list(_walk(archive, "xl/sharedStrings.xml", UsualTexts(TextParser(limits))))
