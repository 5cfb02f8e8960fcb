"""Text leaves compressed: pages as they are made, files of ours once a process.

A page that shows a secret asks browsers to keep no copy; it leaves as it is, so that its length tells nothing
of the secret. Django's middleware hides the length of the others in up to 100 random bytes (BREACH).
"""

import gzip
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseFileResponse

PAGES = frozenset({"text/html", "application/json"})
FILES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
#: By path and ETag. What whitenoise serves are the files of the packages: few, and below 1 MB together.
_packed: dict[tuple[str, str], bytes] = {}


class Compress(GZipMiddleware):
    """Stands outside of whitenoise, which compresses nothing that it finds in the folders of packages."""

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        if request.method != "GET" or response.status_code != 200:
            return response
        if isinstance(response, WhiteNoiseFileResponse):
            return _file(request, response) if kind in FILES else response
        if response.streaming or kind not in PAGES or "no-store" in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)


def _file(request: HttpRequest, response: WhiteNoiseFileResponse) -> HttpResponseBase:
    """The same file, smaller. Its ETag is that of the plain one, so that browsers ask by the date alone."""
    patch_vary_headers(response, ("Accept-Encoding",))
    accepts = re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))
    if not accepts or response.has_header("Content-Encoding"):
        return response
    version = (request.path_info, response["ETag"])
    if version not in _packed:
        _packed[version] = gzip.compress(b"".join(response.streaming_content), mtime=0)  # type: ignore[arg-type]
    # The same answer goes on, so that its file is closed with it.
    response.streaming_content = [_packed[version]]
    response["Content-Length"] = str(len(_packed[version]))
    response["Content-Encoding"] = "gzip"
    del response["ETag"]
    return response
