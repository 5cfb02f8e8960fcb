"""Handling stored events: in any order, as often as need be.

Events whose handler takes many are handled in one transaction, each other one in a transaction of its own.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import inf

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from console.inbox import unspool
from console.inbox.models import Callback
from console.inbox.points import HANDLED, HANDLING, PARK, QUARANTINE, RELEASE

log = logging.getLogger(__name__)
State = Callback.State
Handler = Callable[[Callback], "str | None"]
#: Takes events and says of each what a handler of one returns or raises.
Many = Callable[[Sequence[Callback]], "Sequence[str | Park | SetAside | None]"]

_handlers: dict[str, Handler] = {}
_many: dict[str, Many] = {}
#: Rows taken at once. More cost hardly less each, and hold their lessons for longer.
TOGETHER = 50
#: A callback whose handler keeps failing is set aside after these tries.
MOST_TRIES = 30
#: The longest pause between two looks for the lesson of a parked event, in seconds.
PARKED_PAUSE_S = 300
#: Parked events are given up after these tries: about two days. Their lesson still wakes them.
MOST_WAITS = 600
UNKNOWN_CLASS = "unknown_class"
#: Columns that handling moves.
MOVED = ("state", "reason", "attempts", "due_at", "handled_at")


class Park(Exception):
    """Raised by a handler: the thing that the event names is not known yet. Tried again later."""


class SetAside(Exception):
    """Raised by a handler: no further try can help, a person has to look. What was written stays."""


def handles(event: str) -> Callable[[Handler], Handler]:
    """Register a handler; each app's `inbound` module does it at start.

    A handler must not speak HTTP and must do no harm when called twice or out of order: what a set of
    events leads to may not depend on their order. It may return a word of `words.REASONS` to be shown.
    """

    def keep(handler: Handler) -> Handler:
        _handlers[event] = handler
        return handler

    return keep


def handles_many(*events: str) -> Callable[[Many], Many]:
    """Register a handler of many events at once, under the same rules. One that fails for some of them is
    asked for each alone."""

    def keep(many: Many) -> Many:
        for event in events:
            _many[event], _handlers[event] = many, alone(many)
        return many

    return keep


def alone(many: Many) -> Handler:
    """A handler of many as one of a single event."""

    def handler(callback: Callback) -> str | None:
        (outcome,) = many([callback])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return handler


def drain(limit: int = 10_000, *, within_s: float = inf) -> int:
    """Put back what was spooled, then handle what is due; returns how many.

    After `within_s` seconds no more rows are taken.
    """
    done, until = unspool.drain(), time.monotonic() + within_s
    while done < limit and (handled := _handle_some(min(TOGETHER, limit - done))):
        done += handled
        if time.monotonic() >= until:
            break
    return done


def _due() -> QuerySet[Callback]:
    due = Callback.objects.filter(state__in=[State.WAITING, State.PARKED], due_at__lte=timezone.now())
    return due.order_by("due_at", "id")


def _handle_some(limit: int) -> int:
    """Handle what is due first: those that go together at once, the others one by one; returns how many."""
    with transaction.atomic():
        taken = list(_due().select_for_update(skip_locked=True)[:limit])
        if len(taken) == 1:
            handle(taken[0])
            return 1
        left = _handle_together(taken)
    return len(taken) - len(left) + sum(_handle_alone(one.pk) for one in left)


@transaction.atomic
def _handle_alone(pk: int) -> bool:
    """Handle one, unless somebody else has taken it meanwhile."""
    callback = _due().select_for_update(skip_locked=True).filter(pk=pk).first()
    if callback is not None:
        handle(callback)
    return callback is not None


def _handle_together(taken: Sequence[Callback]) -> list[Callback]:
    """Move these rows, locked by the caller's transaction, to their next state; those that it left alone."""
    alike: dict[Many, list[Callback]] = defaultdict(list)
    for callback in taken:
        if callback.event in _many and callback.body is not None:
            alike[_many[callback.event]].append(callback)
    done: set[int] = set()
    for many, callbacks in alike.items():
        if len(callbacks) > 1 and _run_together(many, callbacks):
            done |= {one.pk for one in callbacks}
    return [one for one in taken if one.pk not in done]


def _run_together(many: Many, callbacks: Sequence[Callback]) -> bool:
    """Whether it could be done; if not, nothing was."""
    try:
        with transaction.atomic():
            for _ in callbacks:
                HANDLING.hit()
            outcomes = many(callbacks)
    except InterfaceError:
        raise
    except Exception:
        log.exception("could not handle %s callbacks together", len(callbacks))
        return False
    closed: dict[tuple[str, str], list[int]] = defaultdict(list)
    for callback, outcome in zip(callbacks, outcomes, strict=True):
        HANDLED.hit()
        state, reason = _told(outcome)
        if state == State.PARKED:
            callback.attempts += 1
            _later(callback, State.PARKED, reason, most=MOST_WAITS, pause=PARKED_PAUSE_S)
            callback.save(update_fields=MOVED)
        else:
            closed[state, reason[:300]].append(callback.pk)
    for (state, reason), pks in closed.items():
        Callback.objects.filter(pk__in=pks).update(
            state=state, reason=reason, handled_at=timezone.now(), attempts=F("attempts") + 1
        )
    return True


def handle(callback: Callback) -> None:
    """Move a row, locked by the caller's transaction, to its next state.

    What a failing handler wrote is rolled back, the row's new state is not.
    """
    callback.attempts += 1
    HANDLING.hit()
    handler = _handlers.get(callback.event)
    if callback.body is None and not callback.unreadable and callback.state == State.DONE:
        pass  # its school keeps the words no longer: what they led to stays
    elif callback.body is None:
        _close(callback, State.QUARANTINED, "unreadable")
    elif handler is None:
        _close(callback, State.DONE, "unknown_event")
    else:
        _run(handler, callback)
    HANDLED.hit()
    callback.save(update_fields=MOVED)


def _run(handler: Handler, callback: Callback) -> None:
    try:
        with transaction.atomic():
            state, reason = _outcome(handler, callback)
    except InterfaceError:
        raise
    except Exception as error:
        if _is_of_the_moment(error) or not QUARANTINE.up:
            raise
        log.exception("could not handle callback %s", callback.pk)
        _later(callback, State.WAITING, "handler_failed", most=MOST_TRIES, pause=3600)
        return
    if state == State.PARKED:
        _later(callback, State.PARKED, reason, most=MOST_WAITS, pause=PARKED_PAUSE_S)
    else:
        _close(callback, state, reason)


def _outcome(handler: Handler, callback: Callback) -> tuple[str, str]:
    """State and reason. What a handler wrote before it parked or set aside stays written."""
    try:
        return _told(handler(callback))
    except (Park, SetAside) as other:
        return _told(other)


def _told(outcome: str | Park | SetAside | None) -> tuple[str, str]:
    if isinstance(outcome, Park):
        return (State.PARKED if PARK.up else State.DONE), str(outcome)
    if isinstance(outcome, SetAside):
        return State.QUARANTINED, str(outcome)
    return State.DONE, outcome or ""


def _is_of_the_moment(error: Exception) -> bool:
    """A lost connection or a deadlock says nothing about the event: the next run tries it again."""
    code = getattr(error.__cause__, "sqlstate", "") if isinstance(error, DatabaseError) else ""
    return isinstance(error, DatabaseError) and (code or "08")[:2] in ("08", "40", "53", "57")


def _close(callback: Callback, state: str, reason: str) -> None:
    callback.state, callback.reason, callback.handled_at = state, reason[:300], timezone.now()


def _later(callback: Callback, state: str, reason: str, *, most: int, pause: int) -> None:
    if callback.attempts >= most:
        _close(callback, State.QUARANTINED, reason)
        return
    callback.state, callback.reason = state, reason[:300]
    seconds = min(pause, 5 * 2 ** min(callback.attempts, 10))
    callback.due_at = timezone.now() + timedelta(seconds=seconds)


@transaction.atomic
def release(enterprise_id: int, class_id: str) -> int:
    """Handle the parked events of a lesson that has just become known; returns how many.

    Call it in the transaction that learns the number. An event that is looked at in this very moment has
    not seen the lesson yet and parks after us: it is woken once more after the commit, when its row is free.
    """
    if not RELEASE.up:
        return 0
    mine = Callback.objects.filter(enterprise_id=enterprise_id, class_id=class_id)
    waits = Q(state=State.PARKED) | Q(state=State.QUARANTINED, reason=UNKNOWN_CLASS)
    transaction.on_commit(lambda: _wake(mine.filter(waits | Q(state=State.WAITING))), robust=True)
    # Not one that a worker holds: it may want the lesson that our transaction has locked.
    free = mine.filter(waits).select_for_update(skip_locked=True).values_list("pk", flat=True)
    return _wake(Callback.objects.filter(pk__in=list(free)))


def _wake(callbacks: QuerySet[Callback]) -> int:
    return callbacks.update(state=State.WAITING, due_at=timezone.now(), attempts=0)
