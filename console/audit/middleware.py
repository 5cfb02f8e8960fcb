import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from console.audit.context import Current, current

USABLE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


class RequestContext:
    """Gives every request an id and tells it to the trail.

    The id is that of the proxy where it sends a usable `X-Request-ID`; it goes back in the same header, so
    that a person can quote it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if USABLE.fullmatch(sent) else uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        token = current.set(Current(request, request_id))
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
        response["X-Request-ID"] = request_id
        return response
