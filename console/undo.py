"""Acts that can be taken back for some seconds. What goes to the service is due after that, so that nothing
has to be called back.

    values = cancel_revocably(lesson=lesson, by=by)                # a service that postpones its operations
    offer_undo(request, _("Cancelled."), "lesson.cancel", lesson.pk, values)
    register_undo("lesson.cancel", undo_cancellation, is_sent=True)  # at start, in the app of the act

The message has a button with a signed ticket; `console.undo_views` takes it, and for guardians an
address of their own.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

SALT = "console.undo"
#: Takes the act back: by whom, the key of its row, and the values that the service of the act returned.
UndoHandler = Callable[[Any, int, Mapping[str, Any]], None]
_handlers: dict[str, UndoHandler] = {}
#: The acts that go to the service.
_sent: set[str] = set()


def register_undo(act: str, handler: UndoHandler, *, is_sent: bool = False) -> None:
    """Register what takes an act back, and whether the act goes to the service.

    The handler checks the right, and raises ValidationError if it is too late.
    """
    _handlers[act] = handler
    if is_sent:
        _sent.add(act)


def undo_window() -> timedelta:
    """Return how long an act can be taken back; nothing can if it is zero."""
    return timedelta(seconds=settings.UNDO_S)


def offer_undo(
    request: HttpRequest,
    text: str | Promise,
    act: str,
    key: int,
    values: Mapping[str, Any] | None,
    *,
    by: Any = None,
) -> None:
    """Show a success message, with the button that takes the act back unless it is final (None).

    `by` is who may take it back, if not the user: the account of a guardian.
    """
    if values is None or not undo_window():
        messages.success(request, str(text))
        return
    until = timezone.now() + undo_window()
    actor = _identify(by or request.user)
    ticket = {"act": act, "key": key, "values": values, "by": actor, "until": until.timestamp()}
    messages.success(request, str(text), extra_tags=signing.dumps(ticket, salt=SALT))


def take_back(ticket: str, by: Any) -> bool:
    """Take back the act of a ticket, and return whether it would have gone to the service.

    Raise ValidationError if it can no longer be taken back.
    """
    try:
        found = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        found = {"by": None}
    if found["by"] != _identify(by):
        raise ValidationError(_("This cannot be taken back."))
    if found["until"] < timezone.now().timestamp():
        raise too_late(is_sent=found["act"] in _sent)
    _handlers[found["act"]](by, found["key"], found["values"])
    return found["act"] in _sent


def _identify(by: Any) -> str:
    """Return who this is; a user and the account of a guardian may have the same key."""
    return f"{by._meta.label}.{by.pk}"


def too_late(*, is_sent: bool = True) -> ValidationError:
    """Return the refusal of an act that is sent by now, to the service or (not `is_sent`) to people alone."""
    if not is_sent:
        return ValidationError(_("It is too late to take this back. Change it as usual instead."))
    return ValidationError(
        _("It is too late to take this back: it is on its way to iclass. Change it as usual instead.")
    )
