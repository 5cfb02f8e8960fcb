"""Default avatars (appendix 4: 400 × 400 png, under 100 KB), drawn rather than kept."""

import struct
import zlib
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

SIDE = 400
COLOURS = (
    (37, 99, 235), (22, 163, 74), (217, 119, 6), (220, 38, 38),
    (124, 58, 237), (8, 145, 178), (190, 24, 93), (71, 85, 105),
)  # fmt: skip


@cache_control(max_age=86_400, public=True)
def avatar(request: HttpRequest, number: int) -> HttpResponse:
    """Return one of the service's avatars; any number is valid."""
    return HttpResponse(draw_avatar(COLOURS[number % len(COLOURS)]), content_type="image/png")


@lru_cache(maxsize=len(COLOURS))
def draw_avatar(colour: tuple[int, int, int]) -> bytes:
    """Draw head and shoulders in white on a colour, as a palette png."""
    rows = b"".join(b"\x00" + bytes(_inside(x, y) for x in range(SIDE)) for y in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    palette = bytes((*colour, 255, 255, 255))
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _inside(x: int, y: int) -> bool:
    head = (x - 200) ** 2 + (y - 155) ** 2 < 72**2
    shoulders = ((x - 200) / 130) ** 2 + ((y - 390) / 130) ** 2 < 1
    return head or shoulders


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
