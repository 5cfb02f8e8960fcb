"""Conditional refreshes of open pages: what did not change is answered 304, without a body."""

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase

#: The ids of the regions that a page asks for, with commas between them (static/js/live-regions.js).
LIVE_HEADER = "X-Live"
#: Parts of a page that differ each time it is rendered: CSRF tokens, the seconds that a session has
#: left, and ages, which the page counts on.
VOLATILE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[A-Za-z0-9]{64}"'
    rb'|data-left="[0-9]{1,9}"'
    rb'|data-ago="[0-9]{1,12}"[^>]{0,60}><time[^>]{0,300}>[^<]{0,60}<'
)


def refreshed_regions(request: HttpRequest) -> set[str] | None:
    """Return the ids of the regions that the page asks for; None if a person opens the whole page."""
    names = request.headers.get(LIVE_HEADER)
    return None if names is None else set(names.split(","))


class LivePollMiddleware:
    """Answers a refresh of a page with its entity tag, or 304 if the tag that the browser names still fits.

    The page is rendered all the same: the tag is a digest of what it shows this reader.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if LIVE_HEADER not in request.headers or request.method != "GET":
            return response
        if response.status_code != 200 or not isinstance(response, HttpResponse):
            return response
        tag = f'"{hashlib.sha256(VOLATILE.sub(b"", response.content)).hexdigest()[:32]}"'
        # Compression marks the tag as weak on its way out.
        if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
            unchanged = HttpResponseNotModified(headers={"ETag": tag})
            unchanged.cookies = response.cookies
            return unchanged
        response["ETag"] = tag
        return response
