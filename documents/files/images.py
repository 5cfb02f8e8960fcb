"""Images as courseware. Pillow reads the header and the chunks of a png; nothing is decoded."""

import re
from typing import IO

from console.child_process.refusal import FileRejected
from console.images import MAX_PIXELS, open_image, verify_png
from documents.files.binary import file_size

MAX_SIDE = 30_000
MAX_BYTES = 30_000_000
END_OF_IMAGE = b"\xff\xd9"
#: Markup that a browser with content sniffing would run.
HTML_PATTERN = re.compile(rb"<(script|html|svg|\?php|iframe|!doctype)", re.IGNORECASE)


def check_png(file: IO[bytes]) -> None:
    _check_size(file, "PNG")
    if verify_png(file):
        raise FileRejected("two")
    _check_no_markup(file)


def check_jpg(file: IO[bytes]) -> None:
    _check_size(file, "JPEG")
    _check_no_markup(file)
    # Phones append a second image to the first; the data must still end with an end-of-image marker.
    file.seek(-len(END_OF_IMAGE), 2)
    if file.read() != END_OF_IMAGE:
        raise FileRejected("damaged")


def _check_size(file: IO[bytes], kind: str) -> None:
    """Raise FileRejected for another kind of file, or too many bytes or pixels."""
    if file_size(file) > MAX_BYTES:
        raise FileRejected("pixels")
    width, height = open_image(file, kind).size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise FileRejected("pixels")


def _check_no_markup(file: IO[bytes]) -> None:
    file.seek(0)
    if HTML_PATTERN.search(file.read()):
        raise FileRejected("two")
