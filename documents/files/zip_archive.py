"""Strict ZIP reader; `zipfile` trusts the metadata of a hostile archive.

Every entry must lie where the directory says, directly after the one before it, with the declared size and
with nothing around it. So no entry can be read in two ways or hide another.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from console.child_process.refusal import FileRejected
from documents.files.binary import ZIP_END_SIGNATURE, file_size, read_exactly

MAX_ENTRIES = 5_000
MAX_DIRECTORY_BYTES = 2_000_000
MAX_UNPACKED_BYTES = 2_000_000_000
#: An entry above SMALL bytes must not unpack to more than MAX_RATIO times its packed size.
SMALL, MAX_RATIO = 1_000_000, 120
STORED, DEFLATED = 0, 8
ENCRYPTED, DESCRIPTOR, UTF8 = 0x2041, 0x8, 0x800
SYMLINK_MODE = 0o120000
CHUNK_SIZE = 1 << 16
BAD_NAME_PATTERN = re.compile(r"^/|\\|:|[\x00-\x1f\x7f]|(^|/)\.\.(/|$)")


class ZipEntry(NamedTuple):
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


def read_entries(file: IO[bytes]) -> list[ZipEntry]:
    """Return the entries in the order of their offsets. Raise FileRejected for any irregularity."""
    size = file_size(file)
    if size < 22:
        raise FileRejected("damaged")
    end = read_exactly(file, size - 22, 22)
    if not end.startswith(ZIP_END_SIGNATURE):
        raise FileRejected("damaged")
    disk, first_disk, disk_count, count, length, start, comment = struct.unpack_from("<HHHHIIH", end, 4)
    if count > MAX_ENTRIES or length > MAX_DIRECTORY_BYTES:
        raise FileRejected("entries")
    if disk or first_disk or disk_count != count or comment or start + length != size - 22:
        raise FileRejected("two")
    entries = sorted(_parse_directory(read_exactly(file, start, length)), key=lambda entry: entry.offset)
    if len(entries) != count:
        raise FileRejected("damaged")
    _check_sizes(entries)
    _check_names(entries)
    _check_offsets(file, entries, start)
    return entries


def _parse_directory(directory: bytes) -> Iterator[ZipEntry]:
    place = 0
    while place < len(directory):
        if len(directory) - place < 46 or directory[place : place + 4] != b"PK\x01\x02":
            raise FileRejected("damaged")
        made_by, _needs, flags, method = struct.unpack_from("<HHHH", directory, place + 4)
        crc, packed, size, names, extra, comment = struct.unpack_from("<IIIHHH", directory, place + 16)
        (attributes, offset) = struct.unpack_from("<II", directory, place + 38)
        raw = directory[place + 46 : place + 46 + names]
        if made_by >> 8 == 3 and (attributes >> 16) & 0o170000 == SYMLINK_MODE:
            raise FileRejected("nested")
        if 0xFFFFFFFF in (packed, size, offset):
            raise FileRejected("packed")
        try:
            name = raw.decode("utf-8" if flags & UTF8 else "cp437")
        except UnicodeDecodeError:
            raise FileRejected("damaged") from None
        yield ZipEntry(name, flags, method, crc, packed, size, offset)
        place += 46 + names + extra + comment


def _check_sizes(entries: list[ZipEntry]) -> None:
    for entry in entries:
        if entry.flags & ENCRYPTED:
            raise FileRejected("password")
        if entry.method not in (STORED, DEFLATED):
            raise FileRejected("damaged")
        if entry.size > SMALL and entry.size > MAX_RATIO * entry.packed:
            raise FileRejected("packed")
    if sum(entry.size for entry in entries) > MAX_UNPACKED_BYTES:
        raise FileRejected("packed")


def _check_names(entries: list[ZipEntry]) -> None:
    names = [entry.name.lower() for entry in entries]
    if len(set(names)) != len(names):
        raise FileRejected("two")
    if any(BAD_NAME_PATTERN.search(name) or not 0 < len(name) <= 255 for name in names):
        raise FileRejected("folder")


def _check_offsets(file: IO[bytes], entries: list[ZipEntry], start: int) -> None:
    expected, described = 0, False
    for entry in entries:
        _check_gap(entry.offset - expected, described)
        head = read_exactly(file, entry.offset, 30)
        flags, method = struct.unpack_from("<HH", head, 6)
        crc, packed, size, names, extra = struct.unpack_from("<IIIHH", head, 14)
        described = bool(entry.flags & DESCRIPTOR)
        same = described or (crc, packed, size) == (entry.crc, entry.packed, entry.size)
        if not head.startswith(b"PK\x03\x04") or (flags, method) != (entry.flags, entry.method) or not same:
            raise FileRejected("two")
        raw = read_exactly(file, entry.offset + 30, names)
        if raw.decode("utf-8" if flags & UTF8 else "cp437", "replace") != entry.name:
            raise FileRejected("two")
        expected = entry.offset + 30 + names + extra + entry.packed
    _check_gap(start - expected, described)


def _check_gap(gap: int, described: bool) -> None:
    """An entry is followed by nothing, or by a data descriptor if its flag is set."""
    if gap not in ((12, 16) if described else (0,)):
        raise FileRejected("two")


def read_content(file: IO[bytes], entry: ZipEntry) -> Iterator[bytes]:
    """Yield the unpacked entry in pieces. Raise FileRejected at the first byte beyond its declared size."""
    (names, extra) = struct.unpack("<HH", read_exactly(file, entry.offset + 26, 4))
    place, left = entry.offset + 30 + names + extra, entry.packed
    inflater = zlib.decompressobj(-15) if entry.method == DEFLATED else None
    count, crc = 0, 0
    while left:
        raw = read_exactly(file, place, min(left, CHUNK_SIZE))
        place, left = place + len(raw), left - len(raw)
        for piece in _inflate(inflater, raw):
            count, crc = count + len(piece), zlib.crc32(piece, crc)
            if count > entry.size:
                raise FileRejected("packed")
            yield piece
    if count != entry.size or crc != entry.crc or (inflater and not inflater.eof):
        raise FileRejected("damaged")


def _inflate(inflater: "zlib._Decompress | None", raw: bytes) -> Iterator[bytes]:
    if inflater is None:
        yield raw
        return
    try:
        while raw:
            yield inflater.decompress(raw, CHUNK_SIZE)
            raw = inflater.unconsumed_tail
    except zlib.error:
        raise FileRejected("damaged") from None
    if inflater.unused_data:
        raise FileRejected("two")
