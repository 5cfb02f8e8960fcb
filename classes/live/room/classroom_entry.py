"""Entry into a classroom in the reader's own name.

The classroom takes `#user_id=…&token=…` at the end of its address. A fragment is sent to no server, but the
page there reads it: only hosts of CLASSROOM_HOSTS get one. At other hosts people paste the token themselves.
"""

from typing import Any, NamedTuple
from urllib.parse import urldefrag, urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.people.entry_cards import is_token_pending
from classes.lessons.links import entry_link
from classes.lessons.status import phase_of
from classes.models import Lesson
from classes.recordings.url_guard import playback_url
from console.audit.trail import record_data_access
from console.concurrency import service

#: Audit actions: the classroom opened with the token, and the token shown to its owner.
ENTERED, REVEALED = "lesson.enter", "lesson.reveal_token"


class ClassroomEntry(NamedTuple):
    """`link` is the reader's own link, `direct` whether the classroom there takes the reader's token."""

    link: str
    direct: bool


def classroom_entry(lesson: Lesson, reader: Any) -> ClassroomEntry | None:
    """Return how the reader enters; None if the classroom is not open or has no link for the reader.

    The caller has checked that the reader may see the lesson.
    """
    link = entry_link(lesson, reader)
    return ClassroomEntry(link, bool(playback_url(link, settings.CLASSROOM_HOSTS))) if link else None


#: Why a classroom is not open, by the phase of its lesson. An open one that is not entered has no link.
_CLOSED: dict[str, str | Promise] = {
    "planned": gettext_lazy("The classroom is not open. It opens an hour before the lesson starts."),
    "not_held": gettext_lazy("The planned time is over and the lesson has not started."),
    "over": gettext_lazy("The lesson has ended. Its classroom is closed."),
    "cancelled": gettext_lazy("The lesson is cancelled and cannot be entered."),
}


def no_entry_reason(lesson: Lesson) -> str:
    """Return why there is no `classroom_entry` for a reader who may enter the lesson."""
    missing = _("iclass has not given a link to this classroom yet. Try again in a minute.")
    return str(_CLOSED.get(phase_of(lesson).name, missing))


@service
def use_own_token(*, lesson: Lesson, by: User, action: str) -> str:
    """Return the entry token of `by` in clear and record its use; `action` is ENTERED or REVEALED.

    Raise ValidationError with the reason if there is none that can be used.
    """
    if is_token_pending(by):
        raise ValidationError(_("A new entry token has been requested for you. Try again in a minute."))
    if not by.user_token:
        raise ValidationError(
            _("The console does not have your entry token, as for everyone whose account came from iclass.")
        )
    record_data_access(action, [by], ("user_token",), obj=lesson, by=by)
    token: str = by.user_token.reveal()
    return token


def signed_in_url(entry: ClassroomEntry, user_id: str, token: str) -> str:
    """Return the address that opens the classroom as this person. Only for a `direct` entry; never log it."""
    target = playback_url(urldefrag(entry.link).url, settings.CLASSROOM_HOSTS)
    return f"{target}#{urlencode({'user_id': user_id, 'token': token})}"
