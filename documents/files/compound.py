"""The old kinds of Office, ppt and doc: a small file system in a file (Compound File Binary). Only its
directory is read."""

import struct
from collections.abc import Iterator
from typing import IO

from documents.files.ends import at, size_of
from documents.files.refusals import refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE = 0xFFFFFFFA
MOST_SECTORS = 2000
#: Folders of macros, and a program wrapped up as an object.
MACROS = {"vba", "_vba_project", "_vba_project_cur", "macros", "\x01ole10native"}
#: Where a presentation says that it has macros: the head of the record, and of the one inside it.
VBA_INFO = b"\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00"
PIECE = 1 << 20


def check_ppt(file: IO[bytes]) -> None:
    check(file, "powerpoint document")


def check_doc(file: IO[bytes]) -> None:
    check(file, "worddocument")


def check(file: IO[bytes], stream: str = "") -> None:
    """ValidationError where the file has no such stream, or holds macros or a password."""
    if size_of(file) < 1536 or at(file, 0, 8) != MAGIC:
        raise refused("other")
    names = {name.lower() for name in _names(file)}
    if "encryptedpackage" in names:
        raise refused("password")
    if names & MACROS:
        raise refused("macro")
    if stream and stream not in names:
        raise refused("other")
    if _says_macros(file):
        raise refused("macro")


def _names(file: IO[bytes]) -> Iterator[str]:
    """The names of the directory. Its sectors are a chain in the table of sectors (FAT)."""
    head = at(file, 0, 512)
    (shift,) = struct.unpack_from("<H", head, 30)
    if shift not in (9, 12):
        raise refused("damaged")
    sector, size = struct.unpack_from("<I", head, 48)[0], 1 << shift
    seen: set[int] = set()
    table = _table(file, head, size)
    while sector < FREE:
        if sector in seen or len(seen) >= MOST_SECTORS:
            raise refused("damaged")
        seen.add(sector)
        content = at(file, (sector + 1) * size, size)
        for place in range(0, size, 128):
            length, kind = struct.unpack_from("<HB", content, place + 64)
            if kind and 2 <= length <= 64:
                yield content[place : place + length - 2].decode("utf-16-le", "replace")
        within, number = divmod(sector, size // 4)
        if within >= len(table):
            raise refused("damaged")
        (sector,) = struct.unpack("<I", at(file, (table[within] + 1) * size + number * 4, 4))


def _table(file: IO[bytes], head: bytes, size: int) -> list[int]:
    """The sectors that hold the table, as far as a file of this size needs them."""
    told = [number for number in struct.unpack_from("<109I", head, 76) if number < FREE]
    (more,) = struct.unpack_from("<I", head, 68)
    seen: set[int] = set()
    while more < FREE:
        if more in seen or len(seen) >= MOST_SECTORS:
            raise refused("damaged")
        seen.add(more)
        *numbers, more = struct.unpack(f"<{size // 4}I", at(file, (more + 1) * size, size))
        told += [number for number in numbers if number < FREE]
    return told


def _says_macros(file: IO[bytes]) -> bool:
    """Whether a presentation's own record says so; the record names the object and then yes or no."""
    file.seek(0)
    before = b""
    while piece := file.read(PIECE):
        text = before + piece
        place = text.find(VBA_INFO)
        while place >= 0:
            said = text[place + len(VBA_INFO) + 4 : place + len(VBA_INFO) + 8]
            if said.strip(b"\0"):
                return True
            place = text.find(VBA_INFO, place + 1)
        before = piece[-32:]
    return False
