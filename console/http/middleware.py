"""Refusals before any view: REST over plain HTTP, and requests whose body the server did not read.

And the limit of what a view may wait for other hosts.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from console.call_limits import WEB_CALLS_S, limit_calls
from console.http.admission import CALLING_THREADS, NO_TURN, TURN_S, limits_for
from console.policy.problems import API_PREFIX, problem_response

#: For programs: plain HTTP is refused, not redirected, or nobody would notice that a token was sent in clear.
API_PREFIXES = ("/api/", "/callbacks/")


class CallLimitMiddleware:
    """Limits the time that a page waits for other hosts; pages that are not meant to call any may not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        may_call = limits_for(request.META).threads is CALLING_THREADS
        with limit_calls(WEB_CALLS_S if may_call else 0.0):
            return self.get_response(request)


class RejectedBodyMiddleware:
    """Returns an empty response, to which `console.error_views.ErrorPageMiddleware` adds the text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        status = request.META.get("console.refused_body")
        if not status:
            return self.get_response(request)
        return HttpResponse(
            status=status, headers={"Retry-After": str(TURN_S)} if status == NO_TURN else None
        )


class HttpsOnlyApiMiddleware:
    """Refuses plain HTTP for REST and callbacks. List it before the middleware that redirects to HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and request.path_info.startswith(API_PREFIXES):
            text = _(
                "Use https:// here. This request was sent unencrypted. If it contained secrets, change them."
            )
            if request.path_info.startswith(API_PREFIX):
                return problem_response(request, 403, text)
            return JsonResponse({"detail": text}, status=403)
        return self.get_response(request)
