"""Error pages. Each shows the request ID, by which its log lines can be found."""

import logging
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.context_processors import csrf
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.csrf import requires_csrf_token

from console.concurrency import BUSY_MESSAGE, Conflict, conflict_sqlstate
from console.database_outage import RETRY_AFTER_S, drop_connection, is_outage
from console.inputs.bounds import NUL_MESSAGE, NullCharacterError
from console.navigation import LANGUAGES, get_theme
from console.policy.problems import API_PREFIX, problem_response
from console.statement_limits import is_statement_timeout

log = logging.getLogger(__name__)
#: Addresses of programs, which expect JSON for every error.
API_PREFIXES = ("/api/", "/callbacks/")
EMPTY_STATUSES = (405, 408, 413, 429, 503)
NO_TURN_MESSAGE = gettext_lazy(
    "Too many requests of this kind are in progress, so this one had no turn. Nothing was changed. "
    "Try again in a minute."
)
_TOO_LONG = gettext_lazy(
    "The database took too long for this and stopped. Choose a shorter period or fewer rows, or try again "
    "later."
)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: the database may be the cause. 503 while it is away, and when a
    statement took too long."""
    error = sys.exc_info()[1]
    if is_statement_timeout(error):
        return _render_error(request, 503, {"detail": _TOO_LONG, "is_change": True})
    if not is_outage(error):
        return _render_error(request, 500)
    drop_connection()
    is_change = request.method not in ("GET", "HEAD", "OPTIONS")
    page = _render_error(request, 503, {"is_change": is_change, "seconds": RETRY_AFTER_S})
    page["Retry-After"] = str(RETRY_AFTER_S)
    return page


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the page with the reader's menu; programs get a JSON message."""
    if request.path_info.startswith(API_PREFIXES):
        return _render_error(request, 404)
    page: HttpResponse = defaults.page_not_found(request, exception)
    return page


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # rendering with the layout would raise it again
        return _render_error(request, 400)
    if isinstance(exception, NullCharacterError):
        return _render_error(request, 400, {**_layout_context(request), "detail": NUL_MESSAGE})
    return _render_error(
        request, 413 if isinstance(exception, RequestDataTooBig) else 400, _layout_context(request)
    )


class ErrorPageMiddleware:
    """Renders a page for empty error responses to a browser: method not allowed, body too large or too slow,
    too many requests, no turn. Programs get a message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        whole: Any = response
        has_no_content = (
            response.status_code in EMPTY_STATUSES and not response.streaming and not whole.content
        )
        has_reader = request.accepts("text/html") or request.path_info.startswith(API_PREFIXES)
        if not has_no_content or not has_reader or request.method in ("HEAD", "OPTIONS"):
            return response
        context = _layout_context(request)
        if response.status_code == 503:
            seconds = response.headers["Retry-After"]
            context |= {"detail": NO_TURN_MESSAGE, "is_change": request.method != "GET", "seconds": seconds}
        page = _render_error(request, response.status_code, context)
        for name, value in response.headers.items():
            page.headers.setdefault(name, value)
        page.headers.pop("Content-Length", None)
        return page


class ConflictPageMiddleware:
    """Renders a page (409) for a change that conflicted with another one, for every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not conflict_sqlstate(error) and not isinstance(error, Conflict):
            return None
        page = request.resolver_match.view_name if request.resolver_match else ""
        log.warning("conflict", extra={"page": page, "error": type(error).__name__})
        context = {
            "back": _referring_page(request),
            "sentences": error.messages if isinstance(error, Conflict) else [BUSY_MESSAGE],
        }
        return _render_error(request, 409, {**context, **_layout_context(request)})


def _referring_page(request: HttpRequest) -> str:
    """Return the path of the page that sent this request, if it is ours; else "/"."""
    address = urlsplit(request.headers.get("Referer", ""))
    return address.path if address.netloc == request.get_host() else "/"


def _layout_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context that the layout needs to offer the other language, without database queries."""
    return {"request": request, "languages": LANGUAGES, "theme": get_theme(request), **csrf(request)}


def _render_error(request: HttpRequest, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    if request.path_info.startswith(API_PREFIXES):
        detail = (context or {}).get("detail") or _error_message(status)
        if request.path_info.startswith(API_PREFIX):
            return problem_response(request, status, str(detail))
        return JsonResponse({"detail": detail, **_request_id(request)}, status=status)
    return HttpResponse(
        get_template(f"{status}.html").render({**(context or {}), **_request_id(request)}), status=status
    )


def _error_message(status: int) -> str:
    return {
        400: _("This request could not be processed."),
        409: str(BUSY_MESSAGE),
        404: _("This address does not exist. All addresses are described at /api/schema/."),
        408: _("Your data did not arrive in time, so nothing was changed. Try again."),
        413: _("The request is too large. Send less data at a time."),
        429: _("Too many requests at the same time. Wait for earlier requests to finish, then try again."),
        503: _(
            "The database does not answer, for example because it is being switched to another server. "
            "Repeat the request in a few seconds, with the same Idempotency-Key."
        ),
    }.get(status, _("This is a problem on our side. Try again in a minute."))


def _request_id(request: HttpRequest) -> dict[str, str]:
    return {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}


class HidePostValuesFilter(SafeExceptionReporterFilter):
    """Hides all POST values in error mails: any field may contain a key or a password."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request is not None else {}
