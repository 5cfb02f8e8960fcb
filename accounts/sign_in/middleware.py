"""What holds for every request of a session: it ends in time, and some roles need a second factor first."""

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

from accounts.sign_in import factors, sessions

#: What opens while the second factor is still to be set up.
OPEN_BEFORE_THE_SECOND_FACTOR = frozenset(
    {
        "accounts:factor_setup",
        "accounts:recovery_codes",
        "accounts:recovery_codes_file",
        "accounts:sign_in",
        "accounts:sign_out",
        "set_language",
        "healthz",
        "readyz",
        "metrics",
    }
)


class SessionLife:
    """Ends a session that lasted too long or in which nobody did anything; notes when it was last used.

    A page that refreshes itself says so (`X-Background`, static/js/htmx-config.js) and does not count as
    somebody doing something. A sender who lies with that header only shortens its own session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session and request.user.is_authenticated:
            words = self._over(request)
            if words:
                request.sign_out_reason = words  # type: ignore[attr-defined]
                logout(request)
                messages.info(request, words)
            elif "X-Background" not in request.headers:
                sessions.note_use(request)
        return self.get_response(request)

    def _over(self, request: HttpRequest) -> str:
        """Why the session is over, as a sentence; empty while it is not."""
        now = timezone.now()
        began, seen = sessions.began_at(request), sessions.seen_at(request)
        if now - began > timedelta(seconds=settings.SESSION_ABSOLUTE_S):
            return _("You were signed out: a session ends after a working day. Sign in again.")
        if now - seen > timedelta(seconds=settings.SESSION_IDLE_S):
            return _("You were signed out because nothing was done for a while. Sign in again.")
        return ""


class SecondFactorFirst:
    """Who needs a second factor and has none sets it up before anything else opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        if not settings.REQUIRE_TWO_FACTOR or SESSION_KEY not in request.session:
            return None
        match = request.resolver_match
        if match is None or match.view_name in OPEN_BEFORE_THE_SECOND_FACTOR:
            return None
        if not factors.is_missing(request):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(
                {"detail": _("Set up your second factor first: open the console in the browser.")}, status=403
            )
        return redirect("accounts:factor_setup")
