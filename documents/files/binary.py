"""Reading bytes of a file, and signatures at its beginning and end."""

import os
import struct
from typing import IO

from console.child_process.refusal import FileRejected

#: How far from the end of a file programs search for a ZIP directory.
ZIP_TAIL_BYTES = 65_535 + 22
ZIP_END_SIGNATURE = b"PK\x05\x06"
#: Signatures of archives and executables.
FOREIGN_SIGNATURES = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF",
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!", b"\x28\xb5\x2f\xfd",
)  # fmt: skip


def file_size(file: IO[bytes]) -> int:
    """Return the size in bytes."""
    return file.seek(0, os.SEEK_END)


def read_exactly(file: IO[bytes], place: int, length: int) -> bytes:
    """Return `length` bytes from offset `place`. Raise FileRejected if the file is shorter."""
    file.seek(place)
    found = file.read(length)
    if len(found) != length:
        raise FileRejected("damaged")
    return found


def check_trailing_archive(file: IO[bytes]) -> None:
    """Raise FileRejected if the file ends with a ZIP directory, so that programs could open it as a ZIP."""
    size = file_size(file)
    file.seek(max(0, size - ZIP_TAIL_BYTES))
    tail = file.read(ZIP_TAIL_BYTES)
    place = tail.rfind(ZIP_END_SIGNATURE)
    while place >= 0:
        head = tail[place : place + 22]
        if len(head) == 22:
            (comment,) = struct.unpack_from("<H", head, 20)
            if place + 22 + comment == len(tail):
                raise FileRejected("two")
        place = tail.rfind(ZIP_END_SIGNATURE, 0, place)
