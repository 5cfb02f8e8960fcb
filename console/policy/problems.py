"""Problem details (RFC 9457): the body of every error of the REST API.

`title` and `detail` are in the reader's language; `type` and `code` name the kind of error for programs.
Errors of single fields are in `errors`, and for older programs also beside it.
"""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"
#: Addresses whose errors are problem details; callbacks have the format of the service.
API_PREFIX = "/api/"
TYPE_PREFIX = "urn:iclass-console:problem:"
#: Members of RFC 9457, which no field of a request may replace.
STANDARD = ("type", "title", "status", "detail", "instance")
#: The code of an error that has none of its own.
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "timeout",
    409: "conflict",
    410: "gone",
    412: "changed_meanwhile",
    413: "too_large",
    415: "unsupported_media_type",
    422: "unprocessable",
    429: "throttled",
    503: "unavailable",
}


def problem_body(
    status: int, data: Any, request_id: str = "", *, non_field: str = "non_field_errors"
) -> dict[str, Any]:
    """Return the body for an error. `data`: a message under `detail`, and further members; or messages by
    field, or a list of messages."""
    members: dict[str, Any] = dict(data) if isinstance(data, dict) else {non_field: data}
    if data is None:
        members = {"detail": _title(status)}
    detail, errors = members.get("detail"), None
    if not isinstance(detail, str):
        errors, detail = members, _first_message(members)
    code = str(members.get("code") or getattr(detail, "code", "") or CODES.get(status, "error"))
    body = {name: value for name, value in members.items() if name not in STANDARD}
    body |= {"type": f"{TYPE_PREFIX}{code}", "title": _title(status), "status": status}
    body |= {"detail": str(detail), "code": code, "request_id": request_id}
    return body if errors is None else body | {"errors": errors}


def problem_response(request: HttpRequest, status: int, detail: str, code: str = "") -> JsonResponse:
    """Return an error of the REST API from outside of its views."""
    body = problem_body(status, {"detail": detail, "code": code}, request_id_of(request))
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def request_id_of(request: HttpRequest) -> str:
    """Return the ID by which the log lines of a request are found."""
    return str(request.META.get("HTTP_X_REQUEST_ID", ""))


def _first_message(errors: Any) -> str:
    """Return the first message of nested errors."""
    if isinstance(errors, dict):
        return next((found for one in errors.values() if (found := _first_message(one))), "")
    if isinstance(errors, list | tuple):
        return next((found for one in errors if (found := _first_message(one))), "")
    return str(errors)


def _title(status: int) -> str:
    return {
        400: _("The request is invalid"),
        401: _("Authentication is required"),
        403: _("This is not allowed"),
        404: _("This does not exist"),
        405: _("The method is not available"),
        406: _("The requested format is not available"),
        408: _("The request took too long"),
        409: _("The request conflicts with the current state"),
        410: _("This is no longer available"),
        412: _("Someone changed this in the meantime"),
        413: _("The request is too large"),
        415: _("The format of the request is not supported"),
        422: _("The request does not match its key"),
        429: _("There are too many requests"),
        503: _("The console is not available for a moment"),
    }.get(status, _("An error occurred in the console"))
