"""Video of a recording, at its `video_url`: a sample of a minute, of the announced size."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, StreamingHttpResponse

SAMPLE_FILE = Path(__file__).parent / "film.mp4"
MAX_BYTES = 20_000_000_000
HEAD, PORTION = 16, bytes(1 << 16)


def video(request: HttpRequest, video_id: int, size: int) -> StreamingHttpResponse:
    """Return a `video/mp4` of this many bytes, or the sample itself if that is larger."""
    if size > MAX_BYTES:
        raise Http404
    shown = sample_bytes()
    rest = size - len(shown)
    whole = len(shown) + (rest if rest >= HEAD else 0)
    answer = StreamingHttpResponse(_chunks(shown, rest), content_type="video/mp4")
    answer["Content-Length"] = str(whole)
    return answer


@cache
def sample_bytes() -> bytes:
    return SAMPLE_FILE.read_bytes()


def _chunks(shown: bytes, rest: int) -> Iterator[bytes]:
    """Return the sample and a box that players skip (ISO/IEC 14496-12: `free`, with a 64-bit size)."""
    yield shown
    if rest < HEAD:
        return
    yield struct.pack(">I4sQ", 1, b"free", rest)
    for left in range(rest - HEAD, 0, -len(PORTION)):
        yield PORTION[:left]
