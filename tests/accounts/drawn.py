"""Pictures made for tests: png drawn here, jpg as the least that a decoder takes for one."""

import struct
import zlib

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 400, height: int = 400, rows: bytes | None = None, more: bytes = b"") -> bytes:
    """A grey picture; `rows` in place of its own, `more` chunks after its head."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes((width + 1) * height) if rows is None else rows)
    return PNG + chunk(b"IHDR", head) + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpg(width: int = 400, height: int = 400, more: bytes = b"", frame: int = 0xC0) -> bytes:
    """Head, frame and one scan; `more` segments after its head."""
    head = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    tables = segment(0xDB, bytes(65))
    size = segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + head + more + tables + size + scan + b"\xff\xd9"
