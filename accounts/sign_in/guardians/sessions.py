"""The session of a guardian: a key of its own in the session of the browser, which no page of users reads.

A browser has one of both: signing in as a guardian ends the session of a user there, and the other way round.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guardian, GuardianAccount
from accounts.sign_in.guardians import session_list
from accounts.sign_in.guardians.services import guardians_of
from accounts.sign_in.session_limits import SessionLimits, limits_of_school
from accounts.sign_in.sessions import BEGAN, SEEN, USE_RECORD_INTERVAL, start_session
from console.concurrency import RowDeleted
from console.http.admission import register_session_check

KEY = "guardian"


class GuardianAccess(NamedTuple):
    """Who is signed in. `guardians` is empty if no student of the account is at the school any more."""

    account: GuardianAccount
    guardians: list[Guardian]


class SessionEnded(Exception):
    """The session has ended; the argument says why. `no_access`: signing in again does not help."""

    def __init__(self, sentence: str, *, no_access: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.no_access = sentence, no_access


def begin_session(request: HttpRequest, account: GuardianAccount) -> None:
    """Begin the session of a guardian under a new key; nothing of the former session stays."""
    if request.user.is_authenticated:
        logout(request)
    request.session.flush()
    request.session[KEY] = {"account": account.pk, "epoch": account.session_epoch}
    start_session(request)
    request.session.save()
    session_list.record_use(request, account)
    rotate_token(request)


def end_session(request: HttpRequest) -> None:
    request.session.flush()


def find_session(request: HttpRequest) -> GuardianAccess | None:
    """Return the session of this browser and record its use; None if it has none. Raise SessionEnded."""
    stored = request.session.get(KEY)
    if stored is None or request.user.is_authenticated:
        return None
    try:
        account = _account_of(request.session)
    except SessionEnded:
        end_session(request)
        raise
    found = GuardianAccess(account, list(guardians_of(account)))
    if not found.guardians:
        end_session(request)
        raise SessionEnded("", no_access=True)
    if timezone.now() - _moment(request.session, SEEN) >= USE_RECORD_INTERVAL:
        request.session[SEEN] = timezone.now().timestamp()
        _record_use(request, account)
    return found


def _record_use(request: HttpRequest, account: GuardianAccount) -> None:
    try:
        session_list.record_use(request, account)
    except RowDeleted:  # the office deletes the guardian at this moment
        raise SessionEnded("", no_access=True) from None


def _account_of(session: Any) -> GuardianAccount:
    stored = session[KEY]
    account = GuardianAccount.objects.select_related("enterprise").filter(pk=stored["account"]).first()
    if account is None:
        raise SessionEnded("", no_access=True)
    if account.session_epoch != stored["epoch"]:
        raise SessionEnded(_("You were signed out everywhere, or your password was changed. Sign in again."))
    if _has_expired(session, limits_of_school(account.enterprise)):
        raise SessionEnded(_("Your session has ended. Sign in again."))
    return account


def _has_expired(session: Any, limits: SessionLimits) -> bool:
    now = timezone.now()
    if now > limits.end_of_session(_moment(session, BEGAN)):
        return True
    return now - _moment(session, SEEN) > timedelta(seconds=limits.idle_s)


def _moment(session: Any, name: str) -> datetime:
    return datetime.fromtimestamp(session.get(name, 0), tz=UTC)


@register_session_check
def has_guardian(session: Any) -> bool:
    """Return whether a session is that of a guardian, who may send the files of a leave request."""
    try:
        return KEY in session and bool(_account_of(session))
    except SessionEnded:
        return False


@receiver(user_logged_in)
def end_session_of_guardian(request: Any, **kwargs: Any) -> None:
    """End the session of a guardian in the browser in which a user signs in."""
    if request is not None and KEY in request.session:
        del request.session[KEY]
