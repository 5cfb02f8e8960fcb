"""The short way in for callbacks: a program calls them, so what is made for people is left out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from console.headers import OF_EVERY_ANSWER

ADDRESS = "/callbacks/iclass/"
HEADERS = {**OF_EVERY_ANSWER, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class StraightIn:
    """Takes a callback from here to its view, past sessions, languages, schools and the other middleware.

    It stands below those that number and log a request. What came over plain HTTP where that is refused, and
    addresses that are none, go the long way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain or not request.path_info.startswith(ADDRESS):
            return self.get_response(request)
        try:
            match = request.resolver_match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # raises for a name that is not ours
        response = match.func(request, *match.args, **match.kwargs).render()
        response.headers.setdefault("Content-Length", str(len(response.content)))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
