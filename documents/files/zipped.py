"""The directory of a zip, read by ourselves: a library believes what a hostile one says of itself.

Every entry lies where the directory says, behind the one before it, with nothing between and nothing
around; its size is what it says. So one entry cannot be read in two ways, nor hide another.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from documents.files.ends import END, at, size_of
from documents.files.refusals import refused

MOST_ENTRIES = 5_000
MOST_DIRECTORY = 2_000_000
MOST_UNPACKED = 2_000_000_000
#: Above so many bytes an entry must not unpack to more than so many times its size.
SMALL, MOST_TIMES = 1_000_000, 120
STORED, DEFLATED = 0, 8
ENCRYPTED, DESCRIPTOR, UTF8 = 0x2041, 0x8, 0x800
LINK = 0o120000
PIECE = 1 << 16
BAD_NAME = re.compile(r"^/|\\|:|[\x00-\x1f\x7f]|(^|/)\.\.(/|$)")


class Entry(NamedTuple):
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def entries(file: IO[bytes]) -> list[Entry]:
    """The entries in the order in which they lie. ValidationError for whatever is not plain."""
    size = size_of(file)
    if size < 22:
        raise refused("damaged")
    end = at(file, size - 22, 22)
    if not end.startswith(END):
        raise refused("damaged")
    disk, first_disk, here, count, length, start, comment = struct.unpack_from("<HHHHIIH", end, 4)
    if count > MOST_ENTRIES or length > MOST_DIRECTORY:
        raise refused("entries")
    if disk or first_disk or here != count or comment or start + length != size - 22:
        raise refused("two")
    found = sorted(_directory(at(file, start, length)), key=lambda entry: entry.offset)
    if len(found) != count:
        raise refused("damaged")
    _check_sizes(found)
    _check_names(found)
    _check_places(file, found, start)
    return found


def _directory(told: bytes) -> Iterator[Entry]:
    place = 0
    while place < len(told):
        if len(told) - place < 46 or told[place : place + 4] != b"PK\x01\x02":
            raise refused("damaged")
        made_by, _needs, flags, method = struct.unpack_from("<HHHH", told, place + 4)
        crc, packed, size, names, extra, comment = struct.unpack_from("<IIIHHH", told, place + 16)
        (attributes, offset) = struct.unpack_from("<II", told, place + 38)
        raw = told[place + 46 : place + 46 + names]
        if made_by >> 8 == 3 and (attributes >> 16) & 0o170000 == LINK:
            raise refused("nested")
        if 0xFFFFFFFF in (packed, size, offset):
            raise refused("packed")
        try:
            name = raw.decode("utf-8" if flags & UTF8 else "cp437")
        except UnicodeDecodeError:
            raise refused("damaged") from None
        yield Entry(name, flags, method, crc, packed, size, offset)
        place += 46 + names + extra + comment


def _check_sizes(found: list[Entry]) -> None:
    for entry in found:
        if entry.flags & ENCRYPTED:
            raise refused("password")
        if entry.method not in (STORED, DEFLATED):
            raise refused("damaged")
        if entry.size > SMALL and entry.size > MOST_TIMES * entry.packed:
            raise refused("packed")
    if sum(entry.size for entry in found) > MOST_UNPACKED:
        raise refused("packed")


def _check_names(found: list[Entry]) -> None:
    names = [entry.name.lower() for entry in found]
    if len(set(names)) != len(names):
        raise refused("two")
    if any(BAD_NAME.search(name) or not 0 < len(name) <= 255 for name in names):
        raise refused("folder")


def _check_places(file: IO[bytes], found: list[Entry], start: int) -> None:
    expected, described = 0, False
    for entry in found:
        _check_gap(entry.offset - expected, described)
        head = at(file, entry.offset, 30)
        flags, method = struct.unpack_from("<HH", head, 6)
        crc, packed, size, names, extra = struct.unpack_from("<IIIHH", head, 14)
        described = bool(entry.flags & DESCRIPTOR)
        same = described or (crc, packed, size) == (entry.crc, entry.packed, entry.size)
        if not head.startswith(b"PK\x03\x04") or (flags, method) != (entry.flags, entry.method) or not same:
            raise refused("two")
        raw = at(file, entry.offset + 30, names)
        if raw.decode("utf-8" if flags & UTF8 else "cp437", "replace") != entry.name:
            raise refused("two")
        expected = entry.offset + 30 + names + extra + entry.packed
    _check_gap(start - expected, described)


def _check_gap(gap: int, described: bool) -> None:
    """Behind an entry stands nothing, or the sizes that were not known before it."""
    if gap not in ((12, 16) if described else (0,)):
        raise refused("two")


def content(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    """The entry unpacked, in pieces, and left at the first byte too many."""
    (names, extra) = struct.unpack("<HH", at(file, entry.offset + 26, 4))
    place, left = entry.offset + 30 + names + extra, entry.packed
    inflater = zlib.decompressobj(-15) if entry.method == DEFLATED else None
    count, crc = 0, 0
    while left:
        raw = at(file, place, min(left, PIECE))
        place, left = place + len(raw), left - len(raw)
        for piece in _unpacked(inflater, raw):
            count, crc = count + len(piece), zlib.crc32(piece, crc)
            if count > entry.size:
                raise refused("packed")
            yield piece
    if count != entry.size or crc != entry.crc or (inflater and not inflater.eof):
        raise refused("damaged")


def _unpacked(inflater: "zlib._Decompress | None", raw: bytes) -> Iterator[bytes]:
    if inflater is None:
        yield raw
        return
    try:
        while raw:
            yield inflater.decompress(raw, PIECE)
            raw = inflater.unconsumed_tail
    except zlib.error:
        raise refused("damaged") from None
    if inflater.unused_data:
        raise refused("two")
