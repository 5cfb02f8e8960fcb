"""Sessions of a person: timestamps, list, termination."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone

from accounts.models import User
from accounts.sign_in.session_limits import SessionLimits
from console.audit.request_context import current_context
from console.audit.trail import record
from console.policy import role_of

BEGAN, SEEN, PROVED = "began_at", "seen_at", "proved_at"
#: The last use of a session is saved at most this often, to avoid a write per request.
USE_RECORD_INTERVAL = timedelta(minutes=1)


def start_session(request: HttpRequest) -> None:
    """Set the timestamps of a new session. Sign-in counts as authentication."""
    now = timezone.now().timestamp()
    request.session.update({BEGAN: now, SEEN: now, PROVED: now})


def began_at(request: HttpRequest) -> datetime:
    return _session_time(request, BEGAN)


def last_used_at(request: HttpRequest) -> datetime:
    return _session_time(request, SEEN)


def last_authenticated_at(request: HttpRequest) -> datetime:
    return _session_time(request, PROVED)


def record_reauthentication(request: HttpRequest) -> None:
    """Record a successful reauthentication."""
    request.session[PROVED] = timezone.now().timestamp()


def record_use(request: HttpRequest, limits: SessionLimits) -> None:
    """Record that the session was used."""
    interval = min(USE_RECORD_INTERVAL, timedelta(seconds=limits.idle_s / 10))
    if timezone.now() - last_used_at(request) >= interval:
        request.session[SEEN] = timezone.now().timestamp()
        UserSession.objects.create_from_request(request)


def landing_url(person: User) -> str:
    """Return the first page after sign-in: the list of schools for operators, else the home page."""
    return resolve_url("accounts:schools" if role_of(person) == "operator" else settings.LOGIN_REDIRECT_URL)


def list_sessions(person: User) -> list[UserSession]:
    """Return the open sessions of a person, last used first, and delete the rows of expired ones."""
    rows = UserSession.objects.purge_and_list(person)
    return sorted(rows, key=lambda session: session.last_seen_at, reverse=True)


def end_sessions(person: User, sessions: Iterable[UserSession], *, by: User | None, reason: str = "") -> int:
    """End these sessions, record it, and return how many there were."""
    ended = [(session.user_agent, session.ip, session.end()) for session in sessions]
    if ended:
        record("person.sessions_ended", person, by=by, after={"sessions": len(ended)}, reason=reason)
    return len(ended)


def end_all_sessions(person: User, *, by: User | None, reason: str = "") -> int:
    """End every session of a person, except the current one if it is the person's own request."""
    rows = UserSession.objects.filter(user=person).exclude(session_key=own_session_key(person))
    return end_sessions(person, rows, by=by, reason=reason)


def own_session_key(person: User) -> str:
    """Return the session key of the current request if it is the person's own, else ""."""
    context: Any = current_context.get()
    if context.request is None or context.actor != person:
        return ""
    return getattr(context.request, "session", None) and context.request.session.session_key or ""


def _session_time(request: HttpRequest, name: str) -> datetime:
    """Return a timestamp of the session; the epoch if it is missing, so that the session has expired."""
    return datetime.fromtimestamp(request.session.get(name, 0), tz=timezone.get_default_timezone())
