import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from console.audit.request_context import AuditContext, current_context

REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


class RequestContextMiddleware:
    """Give every request an ID and make the request available to the audit trail.

    A valid `X-Request-ID` of the proxy is used as the ID. The response returns it in the same header, so that
    users can quote it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if REQUEST_ID_PATTERN.fullmatch(sent) else uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        token = current_context.set(AuditContext(request, request_id))
        try:
            response = self.get_response(request)
        finally:
            current_context.reset(token)
        response["X-Request-ID"] = request_id
        return response
