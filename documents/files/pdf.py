"""PDF as courseware: from its first byte to its last, without scripts, programs and files inside."""

import re
from typing import IO

from documents.files.ends import at, size_of
from documents.files.refusals import refused

HEAD = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\s%]")
PIECE = 1 << 20
OVERLAP = 256
#: Names of what runs, or comes out, when the file is opened. What lies in packed streams is not seen.
ACTIVE = (b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia")
PLAIN = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
#: A name in which signs are written as numbers, which nobody does who has nothing to hide.
WRITTEN_AS_NUMBERS = re.compile(rb"/[A-Za-z]{0,20}(?:#[0-9A-Fa-f]{2}[A-Za-z]{0,20}){1,20}")
NUMBER = re.compile(rb"#([0-9A-Fa-f]{2})")


def check(file: IO[bytes]) -> None:
    if not HEAD.match(at(file, 0, min(9, size_of(file)))):
        raise refused("other")
    _check_end(file)
    file.seek(0)
    before = b""
    while piece := file.read(PIECE):
        _check_piece(before + piece)
        before = piece[-OVERLAP:]


def _check_end(file: IO[bytes]) -> None:
    length = min(2048, size_of(file))
    tail = at(file, size_of(file) - length, length)
    place = tail.rfind(b"%%EOF")
    if place < 0 or b"startxref" not in tail[:place]:
        raise refused("damaged")
    if tail[place + 5 :].strip(b"\r\n \t\0"):
        raise refused("two")


def _check_piece(piece: bytes) -> None:
    if PLAIN.search(piece):
        raise refused("macro")
    for found in WRITTEN_AS_NUMBERS.finditer(piece):
        if NUMBER.sub(lambda number: bytes([int(number[1], 16)]), found[0])[1:] in ACTIVE:
            raise refused("macro")
