"""Pictures by their content: what is a whole jpg or png, and how large. Nothing is decoded.

    picture = examine(content)      Examined(kind="png", width=400, height=400, content=…), or BadPicture

`content` comes back without what a picture does not need: comments, places where it was taken, and whatever
hangs behind its end. A png is unpacked as far as its size says and not a byte further.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG, SOI = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
#: Chunks that make the picture; the rest is words about it, or moves it.
KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
#: First column and row, and the steps, of the seven passes of an interlaced png.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
#: The longest side that is looked at, far above any picture of a person or a school.
LONGEST = 4096
EOI, SOS, APP0, ADOBE = 0xD9, 0xDA, 0xE0, 0xEE
FRAMES = (0xC0, 0xC1, 0xC2)
#: Segments that a decoder needs: tables, restarts, frames, scans.
NEEDED = (0xC4, 0xDB, 0xDD, *FRAMES)


class BadPicture(ValueError):
    """No picture that we know, or a damaged one."""


class Examined(NamedTuple):
    kind: str
    width: int
    height: int
    content: bytes


def examine(content: bytes) -> Examined:
    """The picture with nothing but itself. BadPicture where it is none, or not whole."""
    try:
        if content.startswith(PNG):
            return _png(content)
        if content.startswith(SOI):
            return _jpg(content)
    except (struct.error, zlib.error, IndexError) as error:
        raise BadPicture("damaged") from error
    raise BadPicture("unknown")


def _png(content: bytes) -> Examined:
    found = list(chunks(content))
    name, head = found[0]
    if name != b"IHDR" or found[-1][0] != b"IEND":
        raise BadPicture("damaged")
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", head)
    if not (0 < width <= LONGEST and 0 < height <= LONGEST) or depth not in DEPTHS.get(colour, ()):
        raise BadPicture("damaged")
    if packing or filtering or interlaced > 1:
        raise BadPicture("damaged")
    size = _unpacked(width, height, depth * SAMPLES[colour], interlaced)
    _unpack(b"".join(data for name, data in found if name == b"IDAT"), size)
    clean = b"".join(_chunk(name, data) for name, data in found if name in KEPT)
    return Examined("png", width, height, PNG + clean)


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each chunk up to the end of the picture, checksums compared."""
    at = len(PNG)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        if zlib.crc32(name + data) != checksum:
            raise BadPicture("damaged")
        yield name, data
        if name == b"IEND":
            return
        at += 12 + length


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _unpacked(width: int, height: int, bits: int, interlaced: int) -> int:
    """How many bytes the rows of a png have, each with its filter byte."""
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for column, row, across, down in passes:
        columns, rows = -(-(width - column) // across), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _unpack(packed: bytes, size: int) -> None:
    """The rows are exactly as many bytes as the head says; a bomb is left at the first byte too many."""
    inflater = zlib.decompressobj()
    if len(inflater.decompress(packed, size + 1)) != size or not inflater.eof:
        raise BadPicture("damaged")


def _jpg(content: bytes) -> Examined:
    size: tuple[int, int] | None = None
    scans, clean = 0, [SOI]
    for marker, segment in segments(content):
        if marker in FRAMES:
            if size:
                raise BadPicture("damaged")
            height, width = struct.unpack_from(">HH", segment, 5)
            size = (width, height)
        elif marker == SOS:
            scans += 1
        elif 0xC0 <= marker <= 0xCF and marker not in NEEDED:
            raise BadPicture("unknown")
        words = marker == APP0 and segment[4:9] == b"JFIF\0" and len(segment) == 18
        colours = marker == ADOBE and segment[4:9] == b"Adobe" and len(segment) == 16
        if marker in NEEDED or marker in (SOS, EOI) or words or colours:
            clean.append(segment)
    if size is None or not scans or not (0 < size[0] <= LONGEST and 0 < size[1] <= LONGEST):
        raise BadPicture("damaged")
    return Examined("jpg", *size, b"".join(clean))


def segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment up to the end of the picture; a scan with all its data."""
    at = len(SOI)
    while True:
        while content[at] == content[at + 1] == 0xFF:
            at += 1
        lead, marker = content[at], content[at + 1]
        if lead != 0xFF or marker in (0x00, 0x01, 0xD8) or 0xD0 <= marker <= 0xD7:
            raise BadPicture("damaged")
        if marker == EOI:
            yield marker, content[at : at + 2]
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise BadPicture("damaged")
        if marker == SOS:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the data of a scan ends: at the first marker that is neither stuffing nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise BadPicture("damaged")
        following = content[at + 1]
        if following != 0x00 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2
