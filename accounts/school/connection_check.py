"""Interactive check of a school's connection to the API."""

import time
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import record
from console.iclass import Decision, IClassError, NotReached
from console.outbox.exchange_status import describe_skew
from console.outbox.reasons import reason_of, reason_text

#: Clock skew in seconds from which it is reported; the API's time has a resolution of one second.
REPORTED_SKEW_S = 2


class ConnectionResult(NamedTuple):
    """`milliseconds` is the round trip; `skew_s` is how far the API's clock is ahead, None if unknown."""

    succeeded: bool
    message: str
    milliseconds: int
    skew_s: int | None


def check_connection(school: Enterprise, *, by: User) -> ConnectionResult:
    """Call `/business/info` once and describe the result. The answer is not stored."""
    record("school.test", school, by=by)
    client = school.client()
    started = time.monotonic()
    try:
        name, error = client.business.info().name, None
    except IClassError as exc:
        name, error = "", exc
    duration_ms = round((time.monotonic() - started) * 1000)
    if isinstance(error, NotReached):
        return ConnectionResult(False, _error_message(error), duration_ms, None)
    skew = round(client.skew)
    message = (
        _error_message(error)
        if error
        else _("Connected. The school's name at iclass is “%(name)s”.") % {"name": name}
    )
    message = " ".join([message, *_timing_messages(duration_ms, skew)])
    return ConnectionResult(error is None, message, duration_ms, skew)


def _timing_messages(milliseconds: int, skew: int) -> list[str]:
    """Describe the round trip and, because it invalidates signatures, the clock skew."""
    trip = _("Response time: %(n)d ms.") % {"n": milliseconds}
    return [trip, describe_skew(skew)] if abs(skew) >= REPORTED_SKEW_S else [trip]


def _error_message(error: IClassError) -> str:
    reason = reason_text(reason_of(error))
    retry = _("Try again in a minute. If it keeps failing, contact your operator.")
    return f"{reason.what} {reason.next if error.decision is Decision.NEVER else retry}"
