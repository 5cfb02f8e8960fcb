"""CSV as schools send it: UTF-8 with and without mark, GB18030, UTF-16; comma, semicolon or tab."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from django.utils.translation import gettext as _

from console.sheets.csv import original
from console.sheets.shape import Row, Unreadable, clean

CHUNK = 1 << 16
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATORS = ",;\t"
#: The first lines, in which the separator is looked for.
PROBE = 8_192


def csv_rows(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a file. Unreadable where it is in no encoding that we know, or not a table at all."""
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield from _rows(text)
    except csv.Error:
        raise Unreadable(_("This is no table that can be read. Save it as .xlsx or .csv.")) from None
    finally:
        with suppress(ValueError):  # who stopped reading may have closed the file
            text.detach()


def _rows(text: io.TextIOWrapper) -> Iterator[Row]:
    probe = text.read(PROBE)
    text.seek(0)
    separator, told = separator_of(probe)
    if told:
        text.readline()
    for number, cells in enumerate(csv.reader(text, delimiter=separator), start=1 + told):
        yield Row(number, [original(clean(cell)) for cell in cells])


def encoding_of(file: IO[bytes]) -> str:
    """The encoding in which the whole file can be read, UTF-8 before GB18030."""
    file.seek(0)
    head = file.read(4)
    named = next((encoding for mark, encoding in MARKS if head.startswith(mark)), "")
    candidates = [named] if named else ["utf-8", "gb18030"]
    found = next((encoding for encoding in candidates if _fits(file, encoding)), "")
    if not found:
        raise Unreadable(
            _("The letters of this file cannot be read. Save it as .xlsx, or as CSV in UTF-8 or GB18030.")
        )
    return found


def _fits(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def separator_of(probe: str) -> tuple[str, bool]:
    """The separator, and whether the first line does nothing but name it (`sep=;`, as Excel writes it)."""
    first = probe.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], True
    return max(SEPARATORS, key=lambda separator: _cells_of(probe, separator)), False


def _cells_of(probe: str, separator: str) -> list[int]:
    """How many cells each of the first rows has: the headings say more than a row below them."""
    lines = csv.reader(io.StringIO(probe, newline=""), delimiter=separator)
    rows = [row for row, _ in zip(lines, range(5), strict=False) if any(cell.strip() for cell in row)]
    return [len(row) for row in rows]
