"""Opening untrusted images with Pillow: only the header is read, and only of the formats that are named.

Runs in a child process (`console.child_process`), because Pillow's decoders are written in C.
"""

import struct
import warnings
from typing import IO

from PIL import Image
from PIL.PngImagePlugin import ChunkStream

from console.child_process.refusal import FileRejected

MAX_PIXELS = 100_000_000
#: Pillow warns above this and raises above twice this; `open_image` turns the warning into an error.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
#: First bytes of each supported format. They tell a damaged file from one of another kind.
SIGNATURES = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8"}
IEND_CHECKSUM = b"\xaeB`\x82"
#: What Pillow raises for content that it cannot read.
UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error)


def open_image(file: IO[bytes], *formats: str) -> Image.Image:
    """Return the image, not decoded. `formats` are keys of SIGNATURES.

    Raise FileRejected for another kind of file ("other"), an unreadable header ("damaged") or a declared size
    above MAX_PIXELS ("pixels").
    """
    file.seek(0)
    beginning = file.read(8)
    if not any(beginning.startswith(SIGNATURES[name]) for name in formats):
        raise FileRejected("other")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(file, formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRejected("pixels") from None
    except UNREADABLE:
        raise FileRejected("damaged") from None


def verify_png(file: IO[bytes]) -> bytes:
    """Check the order and checksums of the chunks of a png; return what follows it.

    Raise FileRejected ("damaged").
    """
    file.seek(len(SIGNATURES["PNG"]))
    try:
        names = ChunkStream(file).verify()
    except UNREADABLE:
        raise FileRejected("damaged") from None
    # The stream stops after the name of the last chunk, which is empty: only its checksum is left.
    rest = file.read()
    if names[:1] != [b"IHDR"] or names.count(b"IHDR") != 1 or b"IDAT" not in names:
        raise FileRejected("damaged")
    if not rest.startswith(IEND_CHECKSUM):
        raise FileRejected("damaged")
    return rest.removeprefix(IEND_CHECKSUM)
