"""What is read of an uploaded picture, and what of it is stored: its pixels, upright, and nothing else."""

import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.people.image_inspection import inspect_image
from accounts.people.uploaded_images import check_image
from console.child_process.refusal import FileRejected
from tests.support.image_files import (
    PNG,
    chunk,
    drawn,
    huge_jpg,
    jpg,
    moving,
    png,
    saved,
    segment,
    turned_jpg,
)

SCRIPT = b"<script>alert(1)</script>"


def opened(content: bytes, largest_side: int = 400) -> Image.Image:
    """The picture that is stored."""
    return Image.open(BytesIO(check_image(content, largest_side).content))


def refusal(content: bytes) -> str:
    with pytest.raises(FileRejected) as refused:
        next(inspect_image(BytesIO(content), 400))
    return refused.value.code


@pytest.mark.parametrize(
    "content",
    [
        png(more=chunk(b"tEXt", b"Comment\0" + SCRIPT)) + SCRIPT,
        png(more=chunk(b"iTXt", b"Comment\0\0\0\0\0" + SCRIPT) + chunk(b"eXIf", SCRIPT)),
        png(more=chunk(b"iCCP", b"a\0\0" + zlib.compress(SCRIPT))),
        jpg(more=segment(0xFE, SCRIPT) + segment(0xE1, b"Exif\0\0" + SCRIPT)) + SCRIPT,
        jpg(icc_profile=SCRIPT, comment=SCRIPT),
    ],
)
def test_words_and_places_in_a_picture_are_left_out(content: bytes) -> None:
    kept = check_image(content, 400)
    assert (kept.width, kept.height) == (400, 400)
    assert SCRIPT not in kept.content
    assert Image.open(BytesIO(kept.content)).info.keys() <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    }


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *((mode, "JPEG") for mode in ("L", "RGB", "CMYK")),
    ],
)
def test_the_pixels_stay_what_they_were(mode: str, kind: str) -> None:
    image = Image.linear_gradient("L").convert("I" if mode == "I;16" else mode).convert(mode)
    before = Image.open(BytesIO(saved(image, kind)))
    after = opened(saved(image, kind))
    assert (after.mode, after.size, after.format) == (before.mode, before.size, kind)
    rows, stored = before.convert("RGBA").tobytes(), after.convert("RGBA").tobytes()
    most = 0 if kind == "PNG" else 3
    assert max(abs(one - other) for one, other in zip(rows, stored, strict=True)) <= most


def test_a_picture_that_its_xmp_turns_is_as_large_as_it_is_shown() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6"/></x:xmpmeta>'
    kept = check_image(drawn("JPEG", 100, 200, xmp=xmp), 400)
    assert (kept.width, kept.height) == Image.open(BytesIO(kept.content)).size == (200, 100)


def test_transparency_stays() -> None:
    image = Image.new("P", (9, 9))
    image.putpalette(bytes(range(48)))
    after = opened(saved(image, "PNG", transparency=0))
    assert after.convert("RGBA").getpixel((0, 0)) == (0, 1, 2, 0)


@pytest.mark.parametrize(("orientation", "white"), [(1, (0, 0)), (3, (39, 19)), (6, (19, 0)), (8, (0, 39))])
def test_a_picture_that_a_phone_took_sideways_is_stored_upright(
    orientation: int, white: tuple[int, int]
) -> None:
    kept = check_image(turned_jpg(orientation, 40, 20), 400)
    sides = (20, 40) if orientation in (6, 8) else (40, 20)
    stored = Image.open(BytesIO(kept.content))
    assert (kept.width, kept.height) == stored.size == sides
    value: Any = stored.getpixel(white)
    assert value > 200
    assert not stored.getexif()


def test_a_picture_too_large_for_its_use_is_measured_as_it_is_shown_and_not_decoded() -> None:
    ((kind, width, height, content),) = inspect_image(BytesIO(turned_jpg(6, 640, 480)), 400)
    assert (kind, width, height, content) == ("jpg", 480, 640, "")
    assert check_image(huge_jpg(9_000, 9_000), 400)[:3] == ("jpg", 9_000, 9_000)


def test_of_a_moving_png_the_first_frame_is_stored() -> None:
    stored = opened(moving("PNG"))
    assert getattr(stored, "n_frames", 1) == 1
    assert stored.convert("L").getpixel((0, 0)) == 0


def test_an_interlaced_png_is_taken() -> None:
    head = (8).to_bytes(4) + (8).to_bytes(4) + bytes((8, 0, 0, 0, 1))
    rows = bytes(2 + 2 + 3 + 2 * 3 + 2 * 5 + 4 * 5 + 4 * 9)
    content = PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert opened(content).size == (8, 8)


def test_rows_beyond_the_declared_size_are_not_unpacked_and_not_stored() -> None:
    bomb = png(rows=bytes(50_000_000))
    assert len(bomb) < 100_000
    assert len(check_image(bomb, 400).content) < 2_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "other"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "other"),
        (drawn("BMP", 9, 9), "other"),
        (drawn("TIFF", 9, 9), "other"),
        (moving("GIF"), "other"),
        (moving("WEBP"), "other"),
        (png()[:30], "damaged"),
        (png()[:-20], "damaged"),
        (png(rows=b"x"), "damaged"),
        (png(0, 0), "damaged"),
        (png().replace(b"IDAT", b"IDAU"), "damaged"),
        (png(more=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000)))), "damaged"),
        (jpg()[:30], "damaged"),
        (jpg()[:-200], "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (png(60_000, 60_000, rows=b"x"), "pixels"),
        (png(12_000, 12_000, rows=b"x"), "pixels"),
        (huge_jpg(65_000, 65_000), "pixels"),
    ],
)
def test_what_is_no_whole_jpg_or_png_is_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code
