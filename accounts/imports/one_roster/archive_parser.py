"""Parsing of a OneRoster zip; runs in a child process of `archive`, which limits its memory and time.

Nothing is extracted to a path: each file is copied into an unnamed one, up to a limit. Knows no Django.
"""

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from accounts.imports.one_roster.columns import FILES
from console.child_process.refusal import FileRejected
from console.sheets.csv_reader import read_csv_rows
from console.sheets.types import SheetRow

#: Maximum number of entries, bytes of one file and of all, rows of all, columns, and characters of a cell.
MAX_ENTRIES, MAX_FILE_BYTES, MAX_BYTES = 500, 60_000_000, 250_000_000
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 500_000, 200, 2_000
CHUNK = 1 << 16
#: Rows of a message.
ROWS = 500
#: General purpose flag of an entry that is encrypted.
ENCRYPTED = 0x1
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError),
    *(ValueError, KeyError, IndexError, struct.error),
)


def parse(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield for each known file its name and headings, then batches of its rows: line number and cells."""
    file.seek(0)
    if file.read(2) != b"PK":
        raise FileRejected("kind")
    try:
        with zipfile.ZipFile(file) as archive:
            for name, entry in known_entries(archive).items():
                with tempfile.TemporaryFile() as copy:
                    _copy(archive, entry, copy)
                    yield from _messages(name, copy)
    except FileRejected:
        raise
    except UNREADABLE:
        raise FileRejected("zip") from None


def known_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of FILES by name, in that order. All may lie in one folder."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise FileRejected("size")
    known = {name.lower(): name for name in FILES}
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        folder, _, base = entry.filename.replace("\\", "/").rpartition("/")
        name = known.get(base.lower())
        if name is None or folder.startswith("__MACOSX"):
            continue
        if name in found:
            raise FileRejected("twice")
        if entry.flag_bits & ENCRYPTED:
            raise FileRejected("locked")
        found[name] = entry
    return {name: found[name] for name in FILES if name in found}


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, copy: IO[bytes]) -> None:
    """Unpack an entry; what its header says of its size is not believed."""
    size = 0
    with archive.open(entry) as packed:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > MAX_FILE_BYTES:
                raise FileRejected("size")
            copy.write(chunk)


def _messages(name: str, file: IO[bytes]) -> Iterator[dict[str, Any]]:
    rows = _bounded(read_csv_rows(file, MAX_CELL))
    head = next(rows, None)
    headings = [cell.strip().lower() for cell in head.cells] if head else []
    wanted = [column for column in FILES[name].all if column.lower() in headings]
    places = [headings.index(column.lower()) for column in wanted]
    yield {"file": name, "columns": wanted}
    batch: list[list[Any]] = []
    for row in rows:
        cells = [row.cells[place].strip() if place < len(row.cells) else "" for place in places]
        batch.append([row.number, cells])
        if len(batch) >= ROWS:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


def _bounded(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    """Yield the rows that are not empty; FileRejected beyond the limits."""
    count = 0
    for row in rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        count += 1
        if count > MAX_ROWS or len(row.cells) > MAX_COLUMNS:
            raise FileRejected("size")
        yield row
