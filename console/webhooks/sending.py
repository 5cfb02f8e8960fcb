"""Deliver events: claim, sign, send, record. The engine is that of the outbox (`console.outbox.claims`).

A delivery that a dead worker was sending is sent again: it is the same message (`webhook-id`), by which the
receiver knows a repeated one. Threads make the calls, so that a slow endpoint keeps nobody waiting; only the
calling thread uses the database.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from math import inf

from django.utils import timezone

from console.failpoints import point
from console.outbox.claims import claim_rows, confirm_rows, expire_rows
from console.outbox.queues import Queue, compare_and_set
from console.outbox.states import OperationState
from console.webhooks.calls import Answer, Call, build_call, make
from console.webhooks.models import OPEN_DELIVERY_STATES, WebhookDelivery
from console.webhooks.recording import record

log = logging.getLogger(__name__)
#: Calls at a time of one run, and of one endpoint by all workers: with MAX_ENDPOINTS of them, the largest
#: share of a school.
SLOTS, SLOTS_OF_ENDPOINT = 96, 3
#: Seconds after which a worker that waits for answers looks for new events.
LOOK_EVERY_S = 0.2
#: A gate is that of an endpoint: a failing one never touches the calls of its school to iclass.
DELIVERIES = Queue(
    "webhook_delivery",
    "webhook_gate",
    "endpoint_id",
    after_lease=OperationState.READY,
    max_in_flight=SLOTS_OF_ENDPOINT,
    max_pause="WEBHOOK_BREAKER_MAX_S",
    open_states=OPEN_DELIVERY_STATES,
)
CLAIMED = point("webhooks.claimed", "deliveries are claimed, and nothing has left")
ANSWERED = point("webhooks.answered", "an endpoint has answered, and nothing is recorded")


def deliver_due(
    limit: int = 10_000, *, within_s: float = inf, on_last_claim: Callable[[], None] = lambda: None
) -> int:
    """Deliver until nothing is due, at most about `limit` events. Return the number of attempts.

    Claim nothing more after `within_s` seconds, and call `on_last_claim` from then on.
    """
    now = timezone.now()
    expire_rows(DELIVERIES, now, now)
    done, until = 0, time.monotonic() + within_s
    running: dict[Future[Answer], tuple[WebhookDelivery, Call]] = {}
    with ThreadPoolExecutor(SLOTS, thread_name_prefix="webhooks") as pool:
        while True:
            free = min(SLOTS, limit - done) - len(running)
            if time.monotonic() >= until:
                on_last_claim()
            elif free > 0:
                for delivery in _claim(free):
                    call = build_call(delivery)
                    running[pool.submit(make, call)] = delivery, call
            if not running:
                return done
            finished, _unfinished = wait(running, LOOK_EVERY_S, FIRST_COMPLETED)
            for future in finished:
                delivery, call = running.pop(future)
                ANSWERED.hit()
                record(DELIVERIES, delivery, call, future.result())
                done += 1


def _claim(limit: int) -> list[WebhookDelivery]:
    """Claim deliveries, and return those that may leave now."""
    keys = claim_rows(DELIVERIES, OperationState.READY, OperationState.SENDING, limit)
    if not keys:
        return []
    CLAIMED.hit()
    rows = WebhookDelivery.objects.filter(pk__in=keys).select_related("endpoint__enterprise")
    return _confirm(list(rows.order_by("id")))


def _confirm(deliveries: Sequence[WebhookDelivery]) -> list[WebhookDelivery]:
    """Leave out what another worker has claimed since, and give back what an endpoint just paused for."""
    is_gate_closed = confirm_rows(DELIVERIES, deliveries)
    for delivery in deliveries:
        if is_gate_closed.get(delivery.pk):
            unsent = {"attempts": delivery.attempts - 1, "lease_until": None}
            compare_and_set(delivery, OperationState.READY, **unsent)
    return [one for one in deliveries if is_gate_closed.get(one.pk) is False]
