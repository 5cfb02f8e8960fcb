"""The open sessions of a person: since when, last used when and from where; ending them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from console.audit.context import current
from console.audit.trail import record

BEGAN, SEEN, PROVED = "began_at", "seen_at", "proved_at"
#: A session's use is written down at most this often: a write a request would cost more than it tells.
NOTED_EVERY = timedelta(minutes=1)


def begin(request: HttpRequest) -> None:
    """Start the clocks of a session that somebody just signed in to; signing in is a proof, too."""
    now = timezone.now().timestamp()
    request.session.update({BEGAN: now, SEEN: now, PROVED: now})


def began_at(request: HttpRequest) -> datetime:
    return _moment(request, BEGAN)


def seen_at(request: HttpRequest) -> datetime:
    return _moment(request, SEEN)


def proved_at(request: HttpRequest) -> datetime:
    return _moment(request, PROVED)


def prove(request: HttpRequest) -> None:
    """Note that the person just showed again who they are."""
    request.session[PROVED] = timezone.now().timestamp()


def note_use(request: HttpRequest) -> None:
    """Somebody did something in this session."""
    every = min(NOTED_EVERY, timedelta(seconds=settings.SESSION_IDLE_S / 10))
    if timezone.now() - seen_at(request) >= every:
        request.session[SEEN] = timezone.now().timestamp()
        UserSession.objects.create_from_request(request)


def of(person: User) -> list[UserSession]:
    """The open sessions of a person, the one last used first; rows of sessions that are gone go, too."""
    rows = UserSession.objects.purge_and_list(person)
    return sorted(rows, key=lambda session: session.last_seen_at, reverse=True)


def end(person: User, sessions: Iterable[UserSession], *, by: User | None, reason: str = "") -> int:
    """End these sessions of a person, on record; answers how many there were."""
    ended = [(session.user_agent, session.ip, session.end()) for session in sessions]
    if ended:
        record("person.sessions_ended", person, by=by, after={"sessions": len(ended)}, reason=reason)
    return len(ended)


def end_all(person: User, *, by: User | None, reason: str = "") -> int:
    """End every session of a person but the one in which they ask for it themselves."""
    rows = UserSession.objects.filter(user=person).exclude(session_key=own_key(person))
    return end(person, rows, by=by, reason=reason)


def own_key(person: User) -> str:
    """The key of the session that asks, where it is this person's own; else empty."""
    now: Any = current.get()
    if now.request is None or now.actor != person:
        return ""
    return getattr(now.request, "session", None) and now.request.session.session_key or ""


def _moment(request: HttpRequest, name: str) -> datetime:
    """A session that somebody began without a clock began long ago."""
    return datetime.fromtimestamp(request.session.get(name, 0), tz=timezone.get_default_timezone())
