"""Pictures for tests: a png written by hand, so that it can be wrong; a jpg drawn by Pillow."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

PNG = b"\x89PNG\r\n\x1a\n"
#: Start of a jpg that Pillow writes: the marker of the beginning and the JFIF segment.
JPG_HEAD_BYTES = 20


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 400, height: int = 400, rows: bytes | None = None, more: bytes = b"") -> bytes:
    """A grey picture; `rows` in place of its own, `more` chunks after its head."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes((width + 1) * height) if rows is None else rows)
    return PNG + chunk(b"IHDR", head) + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def drawn(kind: str, width: int, height: int, **options: Any) -> bytes:
    """A picture whose upper left quarter is white, in any format that Pillow writes."""
    image = Image.new("L", (width, height))
    image.paste(255, (0, 0, width // 2, height // 2))
    return saved(image, kind, **options)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def moving(kind: str, width: int = 9, height: int = 9) -> bytes:
    """An animation of two frames, black and white."""
    frames = [Image.new("L", (width, height), colour) for colour in (0, 255)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpg(width: int = 400, height: int = 400, more: bytes = b"", **options: Any) -> bytes:
    """A picture as `drawn`; `more` segments after its head."""
    content = drawn("JPEG", width, height, **options)
    return content[:JPG_HEAD_BYTES] + more + content[JPG_HEAD_BYTES:]


def huge_jpg(width: int, height: int) -> bytes:
    """A small jpg whose header declares another size."""
    at = (content := jpg(8, 8)).index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def turned_jpg(orientation: int, width: int = 400, height: int = 400) -> bytes:
    """A jpg as a phone writes it that is held otherwise: the header says how to turn it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return drawn("JPEG", width, height, exif=exif)
