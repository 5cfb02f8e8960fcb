"""Gzip compression: pages for each response, static files once per process.

A page that shows a secret is sent with `no-store` and uncompressed, so that its length reveals nothing of the
secret. For the others Django's middleware hides the length in up to 100 random bytes (BREACH).
"""

import gzip
from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseFileResponse

COMPRESSED_PAGE_TYPES = frozenset({"text/html", "application/json"})
COMPRESSED_FILE_TYPES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
#: By path and ETag. whitenoise serves the files of the packages: few, and below 1 MB together.
_compressed: dict[tuple[str, str], bytes] = {}


class CompressionMiddleware(GZipMiddleware):
    """Wraps whitenoise, which does not compress files in the folders of packages."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        kind = response.get("Content-Type", "").partition(";")[0]
        if request.method != "GET" or response.status_code != 200:
            return response
        if isinstance(response, WhiteNoiseFileResponse):
            return _compress_file(request, response) if kind in COMPRESSED_FILE_TYPES else response
        if (
            response.streaming
            or kind not in COMPRESSED_PAGE_TYPES
            or "no-store" in response.get("Cache-Control", "")
        ):
            return response
        return super().process_response(request, response)


def _compress_file(request: HttpRequest, response: WhiteNoiseFileResponse) -> WhiteNoiseFileResponse:
    """Compress a file. The ETag is that of the plain file, so it is dropped: browsers revalidate by date."""
    patch_vary_headers(response, ("Accept-Encoding",))
    accepts = re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))
    if not accepts or response.has_header("Content-Encoding"):
        return response
    version = (request.path_info, response["ETag"])
    if version not in _compressed:
        _compressed[version] = gzip.compress(b"".join(response.streaming_content), mtime=0)
    # The same response object is kept, so that its file is closed with it.
    response.streaming_content = [_compressed[version]]
    response["Content-Length"] = str(len(_compressed[version]))
    response["Content-Encoding"] = "gzip"
    del response["ETag"]
    return response
