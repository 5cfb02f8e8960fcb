"""Middleware that ends old sessions, and that requires a second factor for some roles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.sign_in import second_factor, sessions

#: URL names that are allowed before the second factor is set up.
ALLOWED_BEFORE_SECOND_FACTOR = frozenset(
    {
        "accounts:factor_setup",
        "accounts:recovery_codes",
        "accounts:recovery_codes_file",
        "accounts:password_link",
        "accounts:set_password",
        "accounts:sign_in",
        "accounts:sign_out",
        "set_language",
        "healthz",
        "readyz",
        "metrics",
    }
)


class SessionLifetimeMiddleware:
    """End sessions that are too old or idle, and record when a session was last used.

    Automatic refreshes send the header `X-Background` (static/js/htmx-config.js) and do not count as use. A
    forged header only shortens the sender's own session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session and request.user.is_authenticated:
            reason = self._expiry_reason(request)
            if reason:
                extended: Any = request
                extended.sign_out_reason = reason
                logout(request)
                messages.info(request, reason)
            elif "X-Background" not in request.headers:
                sessions.record_use(request)
        return self.get_response(request)

    def _expiry_reason(self, request: HttpRequest) -> str:
        """Return a message why the session has expired, or an empty string."""
        now = timezone.now()
        started, used = sessions.began_at(request), sessions.last_used_at(request)
        if now - started > timedelta(seconds=settings.SESSION_ABSOLUTE_S):
            return _("You were signed out because a session ends after one working day. Sign in again.")
        if now - used > timedelta(seconds=settings.SESSION_IDLE_S):
            return _("You were signed out due to inactivity. Sign in again.")
        return ""


class SecondFactorRequiredMiddleware:
    """Redirect users who need a second factor and have none to its setup."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        if not settings.REQUIRE_TWO_FACTOR or SESSION_KEY not in request.session:
            return None
        match = request.resolver_match
        if match is None or match.view_name in ALLOWED_BEFORE_SECOND_FACTOR:
            return None
        if not second_factor.is_missing(request):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(
                {"detail": _("Open the console in a browser and set up your second factor first.")},
                status=403,
            )
        return redirect("accounts:factor_setup")
