"""A fast path for callbacks, which skips the middleware that serves browsers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from console.http.headers import RESPONSE_HEADERS

CALLBACK_PATH = "/callbacks/iclass/"
CALLBACK_HEADERS = {
    **RESPONSE_HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class CallbackFastPath:
    """Call the callback's view directly, without sessions, languages, schools and the other middleware.

    It comes after the middleware that numbers and logs requests. Plain HTTP where HTTPS is required, bodies
    that the server refused, and unknown paths take the normal way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        is_refused = "console.refused_body" in request.META
        if is_plain or is_refused or not request.path_info.startswith(CALLBACK_PATH):
            return self.get_response(request)
        try:
            match = request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost
        response: HttpResponse = match.func(request, *match.args, **match.kwargs).render()
        response.headers.setdefault("Content-Length", str(len(response.content)))
        for name, value in CALLBACK_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
