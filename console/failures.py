"""The pages of what went wrong, with the number of the request, by which an entry of the log is found."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.context_processors import csrf
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.debug import SafeExceptionReporterFilter
from django.views.decorators.csrf import requires_csrf_token

from console.nav import LANGUAGES, theme_of

#: Programs read JSON, whatever went wrong.
FOR_PROGRAMS = ("/api/", "/callbacks/")


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: the database may be what broke."""
    return _page(request, 500)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a person knows who reads it; a program is told in a sentence."""
    if request.path_info.startswith(FOR_PROGRAMS):
        return _page(request, 404)
    page: HttpResponse = defaults.page_not_found(request, exception)
    return page


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # what its page would send is refused, too
        return _page(request, 400)
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400, _tools(request))


class WordsForRefusals:
    """What is refused to a browser without a word gets a page: a method that is not for that address, a body
    that is too large, too many requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        mute = response.status_code in (405, 413, 429) and not response.streaming and not response.content
        if not mute or not request.accepts("text/html") or request.method in ("HEAD", "OPTIONS"):
            return response
        page = _page(request, response.status_code, _tools(request))
        for name, value in response.headers.items():
            page.headers.setdefault(name, value)
        page.headers.pop("Content-Length", None)
        return page


def _tools(request: HttpRequest) -> dict[str, Any]:
    """What the frame of a page needs to offer the other language; nothing of it asks the database."""
    return {"request": request, "languages": LANGUAGES, "theme": theme_of(request), **csrf(request)}


def _page(request: HttpRequest, status: int, told: dict[str, Any] | None = None) -> HttpResponse:
    if request.path_info.startswith(FOR_PROGRAMS):
        return JsonResponse({"detail": _said(status), **_number(request)}, status=status)
    return HttpResponse(
        get_template(f"{status}.html").render({**(told or {}), **_number(request)}), status=status
    )


def _said(status: int) -> str:
    return {
        400: _("This request could not be read."),
        404: _("There is no such address. The description at /api/schema/ names them all."),
        413: _("That was too much at once. Send less at a time."),
    }.get(status, _("This is our fault, not yours. Try again in a minute."))


def _number(request: HttpRequest) -> dict[str, str]:
    return {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}


class NothingTyped(SafeExceptionReporterFilter):
    """An error mail names what was sent by its names alone: any field may hold a key or a password."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request is not None else {}
