"""Pictures as courseware. Their points are read off the head; nothing is decoded."""

import re
import struct
from typing import IO

from accounts.pixels import FRAMES, PNG, SOI, BadPicture, chunks, segments
from documents.files.ends import size_of
from documents.files.refusals import refused

MOST_POINTS = 100_000_000
LONGEST_SIDE = 30_000
MOST_BYTES = 30_000_000
#: What a browser that guesses would run.
PAGES = re.compile(rb"<(script|html|svg|\?php|iframe|!doctype)", re.IGNORECASE)


def check_png(file: IO[bytes]) -> None:
    content = _whole(file, PNG)
    _check_points(*struct.unpack_from(">II", content[:24].ljust(24, b"\0"), 16))
    end = len(PNG)
    try:
        for name, data in chunks(content):
            if (name == b"IHDR") != (end == len(PNG)):
                raise refused("damaged")
            end += 12 + len(data)
    except (BadPicture, struct.error, IndexError):
        raise refused("damaged") from None
    _nothing_besides(content, end)


def check_jpg(file: IO[bytes]) -> None:
    content = _whole(file, SOI)
    framed = False
    try:
        for marker, segment in segments(content):
            if marker in FRAMES:
                height, width = struct.unpack_from(">HH", segment, 5)
                _check_points(width, height)
                framed = True
    except (BadPicture, struct.error, IndexError):
        raise refused("damaged") from None
    if not framed:
        raise refused("damaged")
    # Telephones hang a second picture behind the first; whatever follows ends as a picture does.
    _nothing_besides(content, len(content) if content.endswith(b"\xff\xd9") else 0)


def _whole(file: IO[bytes], beginning: bytes) -> bytes:
    if size_of(file) > MOST_BYTES:
        raise refused("pixels")
    file.seek(0)
    content = file.read()
    if not content.startswith(beginning):
        raise refused("other")
    return content


def _check_points(width: int, height: int) -> None:
    if not width or not height:
        raise refused("damaged")
    if width * height > MOST_POINTS or max(width, height) > LONGEST_SIDE:
        raise refused("pixels")


def _nothing_besides(content: bytes, end: int) -> None:
    if end != len(content) or PAGES.search(content):
        raise refused("two")
