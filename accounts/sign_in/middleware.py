"""Middleware that ends old sessions, and that requires a second factor for some roles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.sign_in import devices, second_factor, session_limits, sessions
from accounts.sign_in.session_limits import SessionLimits
from console.policy.problems import problem_response

#: URL names that are allowed before the second factor is set up.
ALLOWED_BEFORE_SECOND_FACTOR = frozenset(
    {
        "accounts:factor_setup",
        "accounts:passkey_add",
        "accounts:passkey_options",
        "accounts:passkey_proof_options",
        "accounts:passkey_sign_in",
        "accounts:passkey_sign_in_options",
        "accounts:set_passkey",
        "accounts:set_passkey_options",
        "accounts:recovery_codes",
        "accounts:recovery_codes_file",
        "accounts:forgotten_password",
        "accounts:password_link",
        "accounts:provider_choose",
        "accounts:provider_sign_in",
        "accounts:provider_callback",
        "accounts:set_password",
        "accounts:school_sign_in",
        "accounts:sign_in",
        "accounts:sign_out",
        "accounts:session_stay",
        "accounts:switch_account",
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
        extended: Any = request
        if SESSION_KEY in request.session and request.user.is_authenticated:
            limits = session_limits.limits_of(request.user)
            reason = self._expiry_reason(request, limits)
            if reason:
                extended.sign_out_reason = reason
                logout(request)
                messages.info(request, reason)
                if "HX-Request" in request.headers:
                    return self._answer_to_htmx(request, reason)
            else:
                extended.session_limits = limits
                extended.session_seconds_left = self._seconds_left(request, limits)
                if "X-Background" not in request.headers:
                    sessions.record_use(request, limits)
        response = self.get_response(request)
        devices.set_device_cookie(request, response)
        return response

    def _expiry_reason(self, request: HttpRequest, limits: SessionLimits) -> str:
        """Return a message why the session has expired, or an empty string."""
        now = timezone.now()
        if now > limits.end_of_session(sessions.began_at(request)):
            return _(
                "You were signed out because a session ends a while after signing in, however busy you are. "
                "Sign in again."
            )
        if now - sessions.last_used_at(request) > timedelta(seconds=limits.idle_s):
            return _("You were signed out due to inactivity. Sign in again.")
        return ""

    def _seconds_left(self, request: HttpRequest, limits: SessionLimits) -> int:
        """Return the seconds until the session ends, however busy somebody is."""
        return int((limits.end_of_session(sessions.began_at(request)) - timezone.now()).total_seconds())

    def _answer_to_htmx(self, request: HttpRequest, reason: str) -> HttpResponse:
        """Answer a part of a page: say why there is none, and lead the whole window to the sign-in page.

        A redirect would put the sign-in page into the part.
        """
        url = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = redirect_to_login(url.path or "/", reverse("accounts:sign_in")).url
        headers = {"HX-Redirect": target, "Content-Type": "text/plain; charset=utf-8"}
        return HttpResponse(reason, status=401, headers=headers)


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
            detail = _("Open the console in a browser and set up your second factor first.")
            return problem_response(request, 403, detail)
        return redirect("accounts:factor_setup")
