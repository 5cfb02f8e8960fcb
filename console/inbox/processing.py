"""Process stored callbacks. Handlers must be idempotent and must not depend on the order of events.

Events with a batch handler share a transaction; each other event has its own.
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

from console.failpoints import point
from console.inbox import spool_recovery
from console.inbox.models import Callback

HANDLING = point("inbox.handling", "the row is locked, its handler has not run")
HANDLED = point("inbox.handled", "the handler has run, nothing is committed")

log = logging.getLogger(__name__)
State = Callback.State
Handler = Callable[[Callback], "str | None"]
#: Takes events and returns for each what a handler of one event returns or raises.
BatchHandler = Callable[[Sequence[Callback]], "Sequence[str | EventParked | EventQuarantined | None]"]

_handlers: dict[str, Handler] = {}
_batch_handlers: dict[str, BatchHandler] = {}
#: Rows per transaction. More rows are hardly cheaper each and lock their lessons for longer.
BATCH_SIZE = 50
#: Attempts after which a callback with a failing handler is quarantined.
MAX_ATTEMPTS = 30
#: The longest delay between two attempts of a parked event, in seconds.
MAX_PARKED_DELAY_S = 300
#: Attempts after which a parked event is quarantined: about two days. Its lesson still releases it.
MAX_PARKED_ATTEMPTS = 600
UNKNOWN_CLASS = "unknown_class"
#: Columns that processing changes.
STATE_COLUMNS = ("state", "reason", "attempts", "due_at", "handled_at")


class EventParked(Exception):
    """Raised by a handler: the object that the event names is not known yet. The event is retried later."""


class EventQuarantined(Exception):
    """Raised by a handler: retrying cannot help and a person must look. The handler's writes are kept."""


def register_handler(event: str) -> Callable[[Handler], Handler]:
    """Register a handler; each app's `inbound` package does so at start.

    A handler must not use HTTP. It must be idempotent, and the result of a set of events must not depend on
    their order. It may return a key of `labels.REASON_TEXTS` to be shown.
    """

    def decorator(handler: Handler) -> Handler:
        _handlers[event] = handler
        return handler

    return decorator


def register_batch_handler(*events: str) -> Callable[[BatchHandler], BatchHandler]:
    """Register a handler of many events at once, under the same rules.

    If it fails for a batch, it is called again with each event alone.
    """

    def decorator(batch_handler: BatchHandler) -> BatchHandler:
        for event in events:
            _batch_handlers[event], _handlers[event] = batch_handler, single_event_handler(batch_handler)
        return batch_handler

    return decorator


def single_event_handler(batch_handler: BatchHandler) -> Handler:
    """Wrap a batch handler as a handler of a single event."""

    def handler(callback: Callback) -> str | None:
        (outcome,) = batch_handler([callback])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return handler


def process_due_callbacks(limit: int = 10_000, *, within_s: float = inf) -> int:
    """Store spooled events, then process due callbacks; return the sum of both.

    Claim no more rows after `within_s` seconds.
    """
    done, until = spool_recovery.store_spooled_events(), time.monotonic() + within_s
    while done < limit and (handled := _process_batch(min(BATCH_SIZE, limit - done))):
        done += handled
        if time.monotonic() >= until:
            break
    return done


def _due_callbacks() -> QuerySet[Callback]:
    due = Callback.objects.filter(state__in=[State.WAITING, State.PARKED], due_at__lte=timezone.now())
    return due.order_by("due_at", "id")


def _process_batch(limit: int) -> int:
    """Process up to `limit` due callbacks, in groups where a batch handler exists; return how many."""
    with transaction.atomic():
        callbacks = list(_due_callbacks().select_for_update(skip_locked=True)[:limit])
        if len(callbacks) == 1:
            process_callback(callbacks[0])
            return 1
        remaining = _process_grouped(callbacks)
    return len(callbacks) - len(remaining) + sum(_process_one(one.pk) for one in remaining)


@transaction.atomic
def _process_one(pk: int) -> bool:
    """Process one callback, unless another worker has locked or finished it."""
    callback = _due_callbacks().select_for_update(skip_locked=True).filter(pk=pk).first()
    if callback is not None:
        process_callback(callback)
    return callback is not None


def _process_grouped(locked: Sequence[Callback]) -> list[Callback]:
    """Run batch handlers on rows locked by the caller's transaction; return the rows that remain."""
    by_handler: dict[BatchHandler, list[Callback]] = defaultdict(list)
    for callback in locked:
        if callback.event in _batch_handlers and callback.body is not None:
            by_handler[_batch_handlers[callback.event]].append(callback)
    done: set[int] = set()
    for batch_handler, callbacks in by_handler.items():
        if len(callbacks) > 1 and _run_batch_handler(batch_handler, callbacks):
            done |= {one.pk for one in callbacks}
    return [one for one in locked if one.pk not in done]


def _run_batch_handler(batch_handler: BatchHandler, callbacks: Sequence[Callback]) -> bool:
    """Run a batch handler and save the results. Return False, with nothing written, if it fails."""
    try:
        with transaction.atomic():
            for _ in callbacks:
                HANDLING.hit()
            outcomes = batch_handler(callbacks)
    except InterfaceError:
        raise
    except Exception:
        log.exception("could not handle %s callbacks together", len(callbacks))
        return False
    finished: dict[tuple[str, str], list[int]] = defaultdict(list)
    for callback, outcome in zip(callbacks, outcomes, strict=True):
        HANDLED.hit()
        state, reason = _state_and_reason(outcome)
        if state == State.PARKED:
            callback.attempts += 1
            _reschedule(
                callback, State.PARKED, reason, max_attempts=MAX_PARKED_ATTEMPTS, max_delay=MAX_PARKED_DELAY_S
            )
            callback.save(update_fields=STATE_COLUMNS)
        else:
            finished[state, reason[:300]].append(callback.pk)
    for (state, reason), pks in finished.items():
        Callback.objects.filter(pk__in=pks).update(
            state=state, reason=reason, handled_at=timezone.now(), attempts=F("attempts") + 1
        )
    return True


def process_callback(callback: Callback) -> None:
    """Process a row that the caller's transaction has locked, and save its next state.

    A failing handler's writes are rolled back; the row's new state is not.
    """
    callback.attempts += 1
    HANDLING.hit()
    handler = _handlers.get(callback.event)
    if callback.body is None and not callback.unreadable and callback.state == State.DONE:
        pass  # the body was deleted after the school's retention period; its effects are kept
    elif callback.body is None:
        _finish(callback, State.QUARANTINED, "unreadable")
    elif handler is None:
        _finish(callback, State.DONE, "unknown_event")
    else:
        _run_handler(handler, callback)
    HANDLED.hit()
    callback.save(update_fields=STATE_COLUMNS)


def _run_handler(handler: Handler, callback: Callback) -> None:
    try:
        with transaction.atomic():
            state, reason = _call_handler(handler, callback)
    except InterfaceError:
        raise
    except Exception as error:
        if _is_transient(error):
            raise
        log.exception("could not handle callback %s", callback.pk)
        _reschedule(callback, State.WAITING, "handler_failed", max_attempts=MAX_ATTEMPTS, max_delay=3600)
        return
    if state == State.PARKED:
        _reschedule(
            callback, State.PARKED, reason, max_attempts=MAX_PARKED_ATTEMPTS, max_delay=MAX_PARKED_DELAY_S
        )
    else:
        _finish(callback, state, reason)


def _call_handler(handler: Handler, callback: Callback) -> tuple[str, str]:
    """Return state and reason. A handler's writes are kept if it parks or quarantines the event."""
    try:
        return _state_and_reason(handler(callback))
    except (EventParked, EventQuarantined) as outcome:
        return _state_and_reason(outcome)


def _state_and_reason(outcome: str | EventParked | EventQuarantined | None) -> tuple[str, str]:
    if isinstance(outcome, EventParked):
        return State.PARKED, str(outcome)
    if isinstance(outcome, EventQuarantined):
        return State.QUARANTINED, str(outcome)
    return State.DONE, outcome or ""


def _is_transient(error: Exception) -> bool:
    """Return whether an error is a lost connection or deadlock, to be retried without counting an attempt."""
    code = getattr(error.__cause__, "sqlstate", "") if isinstance(error, DatabaseError) else ""
    return isinstance(error, DatabaseError) and (code or "08")[:2] in ("08", "40", "53", "57")


def _finish(callback: Callback, state: str, reason: str) -> None:
    callback.state, callback.reason, callback.handled_at = state, reason[:300], timezone.now()


def _reschedule(callback: Callback, state: str, reason: str, *, max_attempts: int, max_delay: int) -> None:
    if callback.attempts >= max_attempts:
        _finish(callback, State.QUARANTINED, reason)
        return
    callback.state, callback.reason = state, reason[:300]
    seconds = min(max_delay, 5 * 2 ** min(callback.attempts, 10))
    callback.due_at = timezone.now() + timedelta(seconds=seconds)


@transaction.atomic
def release_parked(enterprise_id: int, class_id: str) -> int:
    """Schedule the parked events of a lesson whose class ID has become known; return how many.

    Call it in the transaction that saves the ID. An event that is being processed now does not see the lesson
    yet and parks later, so waiting events are reset again after the commit, when their rows are unlocked.
    """
    events = Callback.objects.filter(enterprise_id=enterprise_id, class_id=class_id)
    waits = Q(state=State.PARKED) | Q(state=State.QUARANTINED, reason=UNKNOWN_CLASS)
    transaction.on_commit(
        lambda: _reset_to_waiting(events.filter(waits | Q(state=State.WAITING))), robust=True
    )
    # Skip rows that a worker has locked: it may wait for the lesson that this transaction has locked.
    free = events.filter(waits).select_for_update(skip_locked=True).values_list("pk", flat=True)
    return _reset_to_waiting(Callback.objects.filter(pk__in=list(free)))


def _reset_to_waiting(callbacks: QuerySet[Callback]) -> int:
    return callbacks.update(state=State.WAITING, due_at=timezone.now(), attempts=0)
