"""Range responses for our copies of tracks, so that players can seek."""

import re
from typing import IO, Any

from csp.constants import NONE
from csp.decorators import csp
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from classes.models import Recording

CONTENT_TYPE = "video/mp4"
#: A player requests the signed URL again for each seek, so it is valid for the track plus this pause.
MAX_PAUSE_S = 3600
RANGE_HEADER = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def serve_copy(track: Recording, request: HttpRequest) -> HttpResponseBase:
    """Return the copy or the requested range; redirect to a signed URL if it is in a bucket."""
    files: Any = track.copy.storage
    name = track.copy.name or ""
    shown = f"{track.pk}.mp4"
    if address := files.signed_url(
        name, filename=shown, lifetime_s=_link_lifetime_s(track), content_type=CONTENT_TYPE, inline=True
    ):
        elsewhere = HttpResponseRedirect(address)
        elsewhere["Referrer-Policy"], elsewhere["Cache-Control"] = "no-referrer", "private, no-store"
        return elsewhere
    try:
        file = track.copy.open("rb")
    except FileNotFoundError:
        raise Http404(_("The copy of this track no longer exists.")) from None
    size = track.copy.size
    asked = RANGE_HEADER.fullmatch(request.headers.get("range", ""))
    first, last = _parse_range(asked, size) if asked else (0, size - 1)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = FileRange(file, first, last - first + 1)
    response = FileResponse(part, status=206 if asked else 200, content_type=CONTENT_TYPE)
    response["Content-Length"], response["Accept-Ranges"] = str(last - first + 1), "bytes"
    response["X-Content-Type-Options"], response["Cache-Control"] = "nosniff", "private, no-store"
    if asked:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    sealed: HttpResponseBase = csp({"default-src": [NONE], "sandbox": True})(lambda one: response)(request)
    return sealed


def _link_lifetime_s(track: Recording) -> int:
    return min((track.seconds or 0) + MAX_PAUSE_S, 12 * 3600)


def _parse_range(asked: "re.Match[str]", size: int) -> tuple[int, int]:
    begin, end = asked.groups()
    if not begin:
        return max(0, size - int(end or 0)), size - 1
    return int(begin), min(int(end), size - 1) if end else size - 1


class FileRange:
    """File-like object for a byte range of a file, which a web server can stream."""

    def __init__(self, file: IO[bytes], first: int, length: int) -> None:
        file.seek(first)
        self._file, self._left = file, length
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece
