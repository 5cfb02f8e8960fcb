"""CSV as schools send it: UTF-8 with and without BOM, GB18030, UTF-16; comma, semicolon or tab."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from console.child_process.refusal import FileRejected
from console.sheets.formulas import unescape_formula
from console.sheets.types import SheetRow, replace_unstorable

CHUNK = 1 << 16
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = ",;\t"
#: The beginning of the file, in which the separator is detected.
PROBE = 8_192


def read_csv_rows(file: IO[bytes], longest: int) -> Iterator[SheetRow]:
    """Yield the rows of a file, with cells truncated to `longest`.

    Raises FileRejected for an unknown encoding, or a file that is not a table.
    """
    encoding = detect_encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield from _read_rows(text, longest)
    except csv.Error:
        raise FileRejected("csv") from None
    finally:
        with suppress(ValueError):  # a consumer that stopped reading may have closed the file
            text.detach()


def _read_rows(text: io.TextIOWrapper, longest: int) -> Iterator[SheetRow]:
    probe = text.read(PROBE)
    text.seek(0)
    separator, has_separator_line = detect_separator(probe)
    if has_separator_line:
        text.readline()
    for number, cells in enumerate(csv.reader(text, delimiter=separator), start=1 + has_separator_line):
        yield SheetRow(number, [unescape_formula(replace_unstorable(cell[:longest])) for cell in cells])


def detect_encoding(file: IO[bytes]) -> str:
    """Return the encoding that decodes the whole file, trying UTF-8 before GB18030."""
    file.seek(0)
    head = file.read(4)
    named = next((encoding for mark, encoding in BYTE_ORDER_MARKS if head.startswith(mark)), "")
    candidates = [named] if named else ["utf-8", "gb18030"]
    found = next((encoding for encoding in candidates if _decodes(file, encoding)), "")
    if not found:
        raise FileRejected("letters")
    return found


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def detect_separator(probe: str) -> tuple[str, bool]:
    """Return the separator, and whether the first line only declares it (`sep=;`, as written by Excel)."""
    first = probe.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], True
    return max(SEPARATORS, key=lambda separator: _cell_counts(probe, separator)), False


def _cell_counts(probe: str, separator: str) -> list[int]:
    """Return the number of cells in each of the first rows. Headings weigh more than the rows below."""
    lines = csv.reader(io.StringIO(probe, newline=""), delimiter=separator)
    rows = [row for row, _ in zip(lines, range(5), strict=False) if any(cell.strip() for cell in row)]
    return [len(row) for row in rows]
