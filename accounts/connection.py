"""Asking the service for a school while somebody waits for the answer."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import record
from console.iclass import Decision, IClassError
from console.outbox.words import reason_of, words_of

#: Seconds that a person is willing to look at a page that does not come.
PATIENCE_S = 5.0


class Told(NamedTuple):
    good: bool
    words: str


def try_connection(school: Enterprise, *, by: User) -> Told:
    """Ask `/business/info` once and say in words what happened; no row follows the answer."""
    record("school.test", school, by=by)
    try:
        info = school.client(timeout_s=PATIENCE_S).business.info()
    except IClassError as error:
        return Told(False, _sentence(error))
    return Told(True, _("iclass answered and knows this school as “%(name)s”.") % {"name": info.name})


def _sentence(error: IClassError) -> str:
    words = words_of(reason_of(error))
    again = _("Try again in a minute; if it stays so, tell whoever runs the console.")
    return f"{words.what} {words.next if error.decision is Decision.NEVER else again}"
