"""Our own copies of tracks, served in parts: a player jumps within them."""

import re
from collections.abc import Iterator
from typing import IO

from csp.constants import NONE
from csp.decorators import csp
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from classes.models import Recording

PIECE = 1 << 18
KIND = "video/mp4"
#: A player asks again at the address that it was led to, for each jump: it works for the track and a break.
BREAK_S = 3600
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def served(track: Recording, request: HttpRequest) -> HttpResponseBase:
    """The copy, or the part of it that is asked for; or the way to it, where it lies in a bucket."""
    files, name = track.copy.storage, track.copy.name or ""
    shown = f"{track.pk}.mp4"
    if address := files.address(name, shown=shown, life=_watched_for(track), kind=KIND, watch=True):
        response = HttpResponseRedirect(address)
        response["Referrer-Policy"], response["Cache-Control"] = "no-referrer", "private, no-store"
        return response
    try:
        file = track.copy.open("rb")
    except FileNotFoundError:
        raise Http404(_("Our copy of this track is gone.")) from None
    size = track.copy.size
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    first, last = _part(asked, size) if asked else (0, size - 1)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(
        _pieces(file, first, last), status=206 if asked else 200, content_type=KIND
    )
    response["Content-Length"], response["Accept-Ranges"] = str(last - first + 1), "bytes"
    response["X-Content-Type-Options"], response["Cache-Control"] = "nosniff", "private, no-store"
    if asked:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    sealed: HttpResponseBase = csp({"default-src": [NONE], "sandbox": True})(lambda one: response)(request)
    return sealed


def _watched_for(track: Recording) -> int:
    return min((track.seconds or 0) + BREAK_S, 12 * 3600)


def _part(asked: "re.Match[str]", size: int) -> tuple[int, int]:
    begin, end = asked.groups()
    if not begin:
        return max(0, size - int(end or 0)), size - 1
    return int(begin), min(int(end), size - 1) if end else size - 1


def _pieces(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
