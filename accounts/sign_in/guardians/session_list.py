"""The open sessions of a guardian: the rows of their list, and ending one of them."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import GuardianAccount, GuardianSession
from accounts.models.guardian_session import USER_AGENT_CHARS
from accounts.sign_in.session_limits import limits_of_school
from accounts.sign_in.sessions import BEGAN
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.http.client_address import client_address

SESSIONS = import_module(settings.SESSION_ENGINE)
#: The address of a request that names none.
NO_ADDRESS = "0.0.0.0"


def record_use(request: HttpRequest, account: GuardianAccount) -> None:
    """Record that the session of this browser was used. RowDeleted if the account is gone."""
    seen = {
        "ip": client_address(request) or NO_ADDRESS,
        "user_agent": request.headers.get("User-Agent", "")[:USER_AGENT_CHARS],
        "last_seen_at": timezone.now(),
    }
    key = str(request.session.session_key)
    if not GuardianSession.objects.filter(session_key=key, account=account).update(**seen):
        began = datetime.fromtimestamp(request.session.get(BEGAN, 0), tz=UTC)
        _add(account=account, row=GuardianSession(session_key=key, created_at=began, **seen))


@service
def _add(*, account: GuardianAccount, row: GuardianSession) -> None:
    row.account = lock_row(account)
    # Two requests of one browser at the same moment are one session.
    GuardianSession.objects.bulk_create([row], ignore_conflicts=True)


def list_sessions(account: GuardianAccount) -> list[GuardianSession]:
    """Return the open sessions, last used first, and delete the rows of those that were signed out."""
    limits, now = limits_of_school(account.enterprise), timezone.now()
    rows = account.sessions.filter(
        created_at__gte=now - timedelta(seconds=limits.absolute_s),
        last_seen_at__gte=now - timedelta(seconds=limits.idle_s),
    )
    found = list(rows.order_by("-last_seen_at", "-pk"))
    store = SESSIONS.SessionStore()
    ended = [row.pk for row in found if not store.exists(row.session_key)]
    account.sessions.filter(pk__in=ended).delete()
    return [row for row in found if row.pk not in ended]


@service
def end_listed_session(*, session: GuardianSession) -> None:
    """End one session. Raise RowDeleted if it has ended in the meantime."""
    stored = lock_row(session)
    SESSIONS.SessionStore().delete(stored.session_key)
    stored.delete()
    record("guardian.sessions_ended", stored.account, by=None, after={"sessions": 1})


def delete_expired_sessions() -> int:
    """Delete the rows of sessions that have expired in every school; return how many."""
    oldest = timezone.now() - timedelta(seconds=settings.SESSION_ABSOLUTE_S)
    return GuardianSession.objects.filter(last_seen_at__lt=oldest).delete()[0]
