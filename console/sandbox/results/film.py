"""The film of a recording, at its `video_url`: a sample of a minute, as large as was told."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, StreamingHttpResponse

FILM = Path(__file__).parent / "film.mp4"
LARGEST = 20_000_000_000
HEAD, PORTION = 16, bytes(1 << 16)


def film(request: HttpRequest, video_id: int, size: int) -> StreamingHttpResponse:
    """So many bytes of `video/mp4`, or the bare sample where that is more."""
    if size > LARGEST:
        raise Http404
    shown = sample()
    rest = size - len(shown)
    whole = len(shown) + (rest if rest >= HEAD else 0)
    answer = StreamingHttpResponse(_portions(shown, rest), content_type="video/mp4")
    answer["Content-Length"] = str(whole)
    return answer


@cache
def sample() -> bytes:
    return FILM.read_bytes()


def _portions(shown: bytes, rest: int) -> Iterator[bytes]:
    """The sample, and a box that players pass over (ISO/IEC 14496-12: `free`, with a size of 64 bits)."""
    yield shown
    if rest < HEAD:
        return
    yield struct.pack(">I4sQ", 1, b"free", rest)
    for left in range(rest - HEAD, 0, -len(PORTION)):
        yield PORTION[:left]
