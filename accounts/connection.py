"""Asking the service for a school while somebody waits for the answer."""

import time
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import record
from console.iclass import Decision, IClassError, NotReached
from console.outbox.standing import skew_in_words
from console.outbox.words import reason_of, words_of

#: Seconds that a person is willing to look at a page that does not come.
PATIENCE_S = 5.0


#: Seconds by which two clocks may differ before it is worth a sentence; the service tells whole ones.
SKEW_TOLD_S = 2


class Told(NamedTuple):
    """`milliseconds` is the whole round trip; `skew_s` how far the service's clock is ahead, None unknown."""

    good: bool
    words: str
    milliseconds: int
    skew_s: int | None


def try_connection(school: Enterprise, *, by: User) -> Told:
    """Ask `/business/info` once and say in words what happened; no row follows the answer."""
    record("school.test", school, by=by)
    client = school.client(timeout_s=PATIENCE_S)
    began = time.monotonic()
    try:
        name, error = client.business.info().name, None
    except IClassError as caught:
        name, error = "", caught
    took = round((time.monotonic() - began) * 1000)
    if isinstance(error, NotReached):
        return Told(False, _sentence(error), took, None)
    skew = round(client.skew)
    said = (
        _sentence(error)
        if error
        else _("iclass answered and knows this school as “%(name)s”.") % {"name": name}
    )
    return Told(error is None, " ".join([said, *_measured(took, skew)]), took, skew)


def _measured(milliseconds: int, skew: int) -> list[str]:
    """The round trip, and the clocks where they differ: a signature of the wrong time is refused."""
    trip = _("The round trip took %(n)d ms.") % {"n": milliseconds}
    return [trip, skew_in_words(skew)] if abs(skew) >= SKEW_TOLD_S else [trip]


def _sentence(error: IClassError) -> str:
    words = words_of(reason_of(error))
    again = _("Try again in a minute; if it stays so, tell whoever runs the console.")
    return f"{words.what} {words.next if error.decision is Decision.NEVER else again}"
