"""Handling stored events: each in a transaction of its own, in any order, as often as need be."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from console.inbox.models import Callback

log = logging.getLogger(__name__)
State = Callback.State
Handler = Callable[[Callback], None]

_handlers: dict[str, Handler] = {}
#: A callback whose lesson never appears, or whose handler keeps failing, is set aside after these tries.
MOST_TRIES = 30


class Park(Exception):
    """Raised by a handler: the thing that the event names is not known yet. Tried again later."""


def handles(event: str) -> Callable[[Handler], Handler]:
    """Register a handler; each app's `inbound` module does it at start.

    A handler must not speak HTTP and must do no harm when called twice or out of order.
    """

    def keep(handler: Handler) -> Handler:
        _handlers[event] = handler
        return handler

    return keep


def drain(limit: int = 10_000) -> int:
    """Handle what is due; returns how many."""
    done = 0
    while done < limit and _handle_next():
        done += 1
    return done


def _handle_next() -> bool:
    with transaction.atomic():
        callback = (
            Callback.objects.select_for_update(skip_locked=True)
            .filter(state__in=[State.WAITING, State.PARKED], due_at__lte=timezone.now())
            .order_by("due_at", "id")
            .first()
        )
        if callback is None:
            return False
        _handle(callback)
        callback.save(update_fields=["state", "reason", "attempts", "due_at", "handled_at"])
    return True


def _handle(callback: Callback) -> None:
    """Move the row to its next state; a failing handler is rolled back, its row is not."""
    callback.attempts += 1
    handler = _handlers.get(callback.event)
    if callback.body is None:
        _close(callback, State.QUARANTINED, "unreadable")
        return
    if handler is None:
        _close(callback, State.DONE, "unknown_event")
        return
    try:
        with transaction.atomic():
            parked = _parked(handler, callback)
    except Exception:
        log.exception("could not handle callback %s", callback.pk)
        _later(callback, State.WAITING, "handler_failed")
        return
    if parked:
        _later(callback, State.PARKED, parked)
    else:
        _close(callback, State.DONE, "")


def _parked(handler: Handler, callback: Callback) -> str:
    """Why the event has to wait, or nothing. What a handler wrote before it parked stays written."""
    try:
        handler(callback)
    except Park as later:
        return str(later)
    return ""


def _close(callback: Callback, state: str, reason: str) -> None:
    callback.state, callback.reason, callback.handled_at = state, reason, timezone.now()


def _later(callback: Callback, state: str, reason: str) -> None:
    if callback.attempts >= MOST_TRIES:
        _close(callback, State.QUARANTINED, reason)
        return
    callback.state, callback.reason = state, reason
    callback.due_at = timezone.now() + timedelta(seconds=min(3600, 5 * 2 ** min(callback.attempts, 10)))


def release(enterprise_id: int, class_id: str) -> int:
    """Handle the parked events of a lesson that has just become known; returns how many."""
    return Callback.objects.filter(enterprise_id=enterprise_id, class_id=class_id, state=State.PARKED).update(
        state=State.WAITING, due_at=timezone.now(), attempts=0
    )


def replay(callback: Callback) -> None:
    """Handle an event once more, at a person's wish."""
    Callback.objects.filter(pk=callback.pk).update(
        state=State.WAITING, due_at=timezone.now(), attempts=0, reason=""
    )
