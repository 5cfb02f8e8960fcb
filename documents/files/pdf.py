"""PDF as courseware: nothing before or after the document, no scripts, launch actions or embedded files."""

import re
from typing import IO

from console.child_process.refusal import FileRejected
from documents.files.binary import file_size, read_exactly

HEADER_PATTERN = re.compile(rb"%PDF-(1\.[0-7]|2\.0)[\s%]")
CHUNK_SIZE = 1 << 20
OVERLAP_BYTES = 256
#: Names of active content. Compressed streams are not inspected.
ACTIVE_NAMES = (b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia")
ACTIVE_PATTERN = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
#: A name with characters written as hex codes, which hides active content.
ESCAPED_NAME_PATTERN = re.compile(rb"/[A-Za-z]{0,20}(?:#[0-9A-Fa-f]{2}[A-Za-z]{0,20}){1,20}")
ESCAPED_BYTE_PATTERN = re.compile(rb"#([0-9A-Fa-f]{2})")


def check_pdf(file: IO[bytes]) -> None:
    if not HEADER_PATTERN.match(read_exactly(file, 0, min(9, file_size(file)))):
        raise FileRejected("other")
    _check_end(file)
    file.seek(0)
    before = b""
    while piece := file.read(CHUNK_SIZE):
        _check_chunk(before + piece)
        before = piece[-OVERLAP_BYTES:]


def _check_end(file: IO[bytes]) -> None:
    length = min(2048, file_size(file))
    tail = read_exactly(file, file_size(file) - length, length)
    place = tail.rfind(b"%%EOF")
    if place < 0 or b"startxref" not in tail[:place]:
        raise FileRejected("damaged")
    if tail[place + 5 :].strip(b"\r\n \t\0"):
        raise FileRejected("two")


def _check_chunk(piece: bytes) -> None:
    if ACTIVE_PATTERN.search(piece):
        raise FileRejected("macro")
    for match in ESCAPED_NAME_PATTERN.finditer(piece):
        if ESCAPED_BYTE_PATTERN.sub(lambda number: bytes([int(number[1], 16)]), match[0])[1:] in ACTIVE_NAMES:
            raise FileRejected("macro")
