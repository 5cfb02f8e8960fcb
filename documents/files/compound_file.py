"""Old Office formats, ppt and doc: Compound File Binary, a file system in a file.

Only the directory is read.
"""

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

from console.child_process.refusal import FileRejected
from documents.files.binary import file_size, read_exactly

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE_SECTOR = 0xFFFFFFFA
MAX_SECTORS = 2000
#: Small streams share one stream, in pieces of 64 bytes; at most MAX_SMALL_SECTORS of its sectors are read.
MAX_SMALL_SECTORS, SMALL_PIECE, SMALL_STREAM = 100_000, 64, 4096
#: Folders of macros, and the stream of an embedded program.
MACRO_NAMES = {"vba", "_vba_project", "_vba_project_cur", "macros", "\x01ole10native"}
#: The root stream that defines the kind of file; embedded objects have theirs in a folder.
MAIN_STREAMS = {"powerpoint document", "worddocument", "workbook", "book"}
#: Stream of an embedded object, and its flag for a link to an external file (MS-OLEDS 2.3.3).
OBJECT, LINKED = "\x01ole", 1
#: Headers of the record by which a presentation declares macros, and of the record inside it.
VBA_INFO_RECORD = b"\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00"
CHUNK_SIZE = 1 << 20


def check_ppt(file: IO[bytes]) -> None:
    check_compound_file(file, "powerpoint document")


def check_doc(file: IO[bytes]) -> None:
    check_compound_file(file, "worddocument")


def check_compound_file(file: IO[bytes], stream: str = "") -> None:
    """Raise FileRejected for another kind of file, macros, a password or external parts."""
    if file_size(file) < 1536 or read_exactly(file, 0, 8) != MAGIC:
        raise FileRejected("other")
    sectors = SectorReader(file)
    entries = sectors.directory()
    names = {entry.name for entry in entries}
    if "encryptedpackage" in names:
        raise FileRejected("password")
    if names & MACRO_NAMES:
        raise FileRejected("macro")
    if stream and _root_names(entries) & MAIN_STREAMS != {stream}:
        raise FileRejected("other")
    if _has_vba_record(file):
        raise FileRejected("macro")
    if _has_linked_object(sectors, entries):
        raise FileRejected("outside")


class DirectoryEntry(NamedTuple):
    """`left` and `right` are entries in the same folder, `child` is an entry inside this one."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    length: int


class SectorReader:
    """Reader of sectors and their chains. The chains are in a table (FAT) that occupies sectors, too."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.head = read_exactly(file, 0, 512)
        (shift,) = struct.unpack_from("<H", self.head, 30)
        if shift not in (9, 12):
            raise FileRejected("damaged")
        self.size = 1 << shift
        self.table = self._table()

    def read(self, sector: int, place: int, length: int) -> bytes:
        return read_exactly(self.file, (sector + 1) * self.size + place, length)

    def chain(self, sector: int, limit: int) -> Iterator[int]:
        """Yield a sector and its successors. Raise FileRejected for a cycle or more than `limit` sectors."""
        visited: set[int] = set()
        while sector < FREE_SECTOR:
            if sector in visited or len(visited) >= limit:
                raise FileRejected("damaged")
            visited.add(sector)
            yield sector
            within, number = divmod(sector, self.size // 4)
            if within >= len(self.table):
                raise FileRejected("damaged")
            (sector,) = struct.unpack("<I", self.read(self.table[within], number * 4, 4))

    def directory(self) -> list[DirectoryEntry]:
        """Return all entries, used or not, because they refer to each other by index."""
        entries = []
        for sector in self.chain(struct.unpack_from("<I", self.head, 48)[0], MAX_SECTORS):
            content = self.read(sector, 0, self.size)
            entries += [_parse_entry(content[place : place + 128]) for place in range(0, self.size, 128)]
        return entries

    def _table(self) -> list[int]:
        """Return the sectors that hold the table."""
        sectors = [number for number in struct.unpack_from("<109I", self.head, 76) if number < FREE_SECTOR]
        (more,) = struct.unpack_from("<I", self.head, 68)
        visited: set[int] = set()
        while more < FREE_SECTOR:
            if more in visited or len(visited) >= MAX_SECTORS:
                raise FileRejected("damaged")
            visited.add(more)
            *numbers, more = struct.unpack(f"<{self.size // 4}I", self.read(more, 0, self.size))
            sectors += [number for number in numbers if number < FREE_SECTOR]
        return sectors


def _parse_entry(raw: bytes) -> DirectoryEntry:
    length, kind = struct.unpack_from("<HB", raw, 64)
    left, right, child = struct.unpack_from("<III", raw, 68)
    start, size = struct.unpack_from("<II", raw, 116)
    name = raw[: length - 2].decode("utf-16-le", "replace").lower() if kind and 2 <= length <= 64 else ""
    return DirectoryEntry(name, kind, left, right, child, start, size)


def _root_names(entries: list[DirectoryEntry]) -> set[str]:
    """Return the names in the root folder, which is a tree of `left` and `right` entries."""
    names: set[str] = set()
    visited: set[int] = set()
    stack = [entries[0].child] if entries else []
    while stack:
        number = stack.pop()
        if number < len(entries) and number not in visited:
            visited.add(number)
            names.add(entries[number].name)
            stack += [entries[number].left, entries[number].right]
    return names


def _has_linked_object(sectors: SectorReader, entries: list[DirectoryEntry]) -> bool:
    """Return whether an embedded object links to an external file."""
    objects = [entry for entry in entries if entry.name == OBJECT and entry.length >= 8]
    if not objects:
        return False
    small = list(sectors.chain(entries[0].start, MAX_SMALL_SECTORS))
    return any(_object_flags(sectors, entry, small) & LINKED for entry in objects)


def _object_flags(sectors: SectorReader, entry: DirectoryEntry, small: list[int]) -> int:
    sector, place = entry.start, 0
    if entry.length < SMALL_STREAM:
        number, place = divmod(entry.start * SMALL_PIECE, sectors.size)
        if number >= len(small):
            raise FileRejected("damaged")
        sector = small[number]
    return int(struct.unpack("<II", sectors.read(sector, place, 8))[1])


def _has_vba_record(file: IO[bytes]) -> bool:
    """Return whether a presentation declares macros: after the object's ID the record holds a flag."""
    file.seek(0)
    before = b""
    while piece := file.read(CHUNK_SIZE):
        text = before + piece
        place = text.find(VBA_INFO_RECORD)
        while place >= 0:
            flag = text[place + len(VBA_INFO_RECORD) + 4 : place + len(VBA_INFO_RECORD) + 8]
            if flag.strip(b"\0"):
                return True
            place = text.find(VBA_INFO_RECORD, place + 1)
        before = piece[-32:]
    return False
