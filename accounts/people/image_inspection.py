"""Checks an uploaded picture and encodes it anew, so that nothing but its pixels is stored.

Runs in a separate process (see `uploaded_images`).
"""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from console.child_process.refusal import FileRejected
from console.images import UNREADABLE, open_image, verify_png

#: Values of the EXIF orientation that exchange width and height.
QUARTER_TURNS = (5, 6, 7, 8)


def inspect_image(file: IO[bytes], largest_side: int) -> Iterator[tuple[str, int, int, str]]:
    """Yield kind (png or jpg), width and height in pixels as displayed, and content in base64.

    An image with a side above `largest_side` is not decoded and has no content. Raise FileRejected for other
    kinds of file, damaged ones and those with too many pixels.
    """
    image = open_image(file, "PNG", "JPEG")
    content = b""
    try:
        turned = _read_orientation(image) in QUARTER_TURNS
        width, height = reversed(image.size) if turned else image.size
        if max(width, height) <= largest_side:
            (width, height), content = _encode_pixels(image)
    except UNREADABLE:
        raise FileRejected("damaged") from None
    if isinstance(image, JpegImageFile):
        yield "jpg", width, height, b64encode(content).decode()
    else:
        verify_png(file)
        yield "png", width, height, b64encode(content).decode()


def _read_orientation(image: Image.Image) -> int:
    """Return the EXIF orientation. Remove EXIF data that cannot be read: it is no reason to reject an image.

    Without EXIF data in the header, Pillow would decode a png to find some.
    """
    if "exif" not in image.info:
        return 1
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except UNREADABLE:
        del image.info["exif"]
        return 1


def _encode_pixels(image: Image.Image) -> tuple[tuple[int, int], bytes]:
    """Return size and content of the image upright.

    It has no metadata, colour profile, later frames or data after its end. A jpg keeps its quantization, so
    that it loses no visible quality. What turns an image stands in its EXIF data or in its XMP.
    """
    options: dict[str, Any] = {}
    if isinstance(image, JpegImageFile):
        options = {
            "progressive": bool(image.info.get("progressive")),
            "qtables": image.quantization,
            "subsampling": get_sampling(image),
        }
    upright = ImageOps.exif_transpose(image)
    upright.info = {name: value for name, value in upright.info.items() if name == "transparency"}
    encoded = BytesIO()
    upright.save(encoded, "JPEG" if options else "PNG", optimize=True, **options)
    return upright.size, encoded.getvalue()
