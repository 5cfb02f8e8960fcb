"""Handling of null characters and unusual encodings. No row can hold them, so views need not check."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase

from console.inputs.bounds import NUL, NullCharacterError

FORM_CONTENT_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class RequestNormalizationMiddleware:
    """Reads every request as UTF-8 and drops cookies with a null character.

    A user cannot remove a broken cookie, so it is no reason to refuse the request. A charset declared by the
    request may not be a text encoding (`hex`), or may produce null characters (`unicode_escape`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.encoding is not None:
            decoded: Any = request
            decoded.encoding = None
        for name in [name for name, value in request.COOKIES.items() if NUL in name + value]:
            del request.COOKIES[name]
        return self.get_response(request)


class NullCharacterMiddleware:
    """404 for an address with a null character, 400 for a query or a form with one.

    It comes last: anonymous and forged requests are refused before it reads a body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]
    ) -> None:
        if NUL in request.path_info:
            raise Http404
        reject_null_characters(request.GET)
        # An exempt view calls `reject_null_characters` itself, because it checks something else before it
        # reads the body.
        if request.method == "POST" and request.content_type in FORM_CONTENT_TYPES and not _is_exempt(view):
            with suppress(UnreadablePostError):
                reject_null_characters(request.POST)


def reject_null_characters(fields: Any) -> None:
    """Raise NullCharacterError if a name or a value of a QueryDict contains a null character."""
    for name, values in fields.lists():
        if any(NUL in text for text in (name, *values)):
            raise NullCharacterError


def _is_exempt(view: Callable[..., Any]) -> bool:
    return bool(getattr(view, "csrf_exempt", False))
