"""What stands at the beginning and the end of a file, whatever it is."""

import os
import struct
from typing import IO

from documents.files.refusals import refused

#: How far from its end a packed file is looked for by the programs that open such.
TAIL = 65_535 + 22
END = b"PK\x05\x06"
#: Beginnings of packed files and of programs.
OTHERS = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF",
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!", b"\x28\xb5\x2f\xfd",
)  # fmt: skip


def size_of(file: IO[bytes]) -> int:
    """How many bytes the file has."""
    return file.seek(0, os.SEEK_END)


def at(file: IO[bytes], place: int, length: int) -> bytes:
    """So many bytes from a place on. ValidationError where the file ends before."""
    file.seek(place)
    found = file.read(length)
    if len(found) != length:
        raise refused("damaged")
    return found


def check_tail(file: IO[bytes]) -> None:
    """ValidationError for a file that a program would also take for a packed one that ends with it."""
    size = size_of(file)
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    place = tail.rfind(END)
    while place >= 0:
        head = tail[place : place + 22]
        if len(head) == 22:
            (comment,) = struct.unpack_from("<H", head, 20)
            if place + 22 + comment == len(tail):
                raise refused("two")
        place = tail.rfind(END, 0, place)
