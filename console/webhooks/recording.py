"""Record what came of a delivery: its attempt, its next state, and what its endpoint's gate learns."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.failpoints import point
from console.outbox.gates import report_outcomes
from console.outbox.queues import Queue, compare_and_set
from console.outbox.states import OperationState
from console.outbox.transitions import backoff
from console.webhooks.calls import Answer, Call
from console.webhooks.models import WebhookAttempt, WebhookDelivery
from console.webhooks.pausing import pause

log = logging.getLogger(__name__)
RECORDED = point("webhooks.recorded", "the answer is recorded, not committed")


def record(queue: Queue, delivery: WebhookDelivery, call: Call, answer: Answer) -> None:
    """Store the result of an attempt, unless the lease ended and another worker has the delivery by now."""
    delivered = answer.outcome == WebhookAttempt.Outcome.DELIVERED
    with transaction.atomic():
        if not _move(delivery, answer, delivered=delivered):
            return
        WebhookAttempt.objects.create(
            delivery=delivery,
            fence=delivery.fence,
            started_at=call.started_at,
            milliseconds=answer.milliseconds,
            outcome=answer.outcome,
            http_status=answer.status,
            reason=answer.reason,
            answer=answer.text,
        )
        RECORDED.hit()
    report_outcomes(queue, delivery.endpoint_id, made=1, paid=1, failures=0 if delivered else 1)
    level = logging.INFO if delivered else logging.WARNING
    log.log(level, "webhook delivery %s: %s %s", delivery.pk, answer.outcome, answer.reason)
    if not delivered and (reason := _pause_reason(delivery, answer)):
        pause(delivery.endpoint, reason)


def _move(delivery: WebhookDelivery, answer: Answer, *, delivered: bool) -> bool:
    now = timezone.now()
    if delivered:
        return compare_and_set(delivery, OperationState.DONE, finished_at=now, reason="", lease_until=None)
    due_at = now + _delay(delivery, answer)
    return compare_and_set(
        delivery, OperationState.READY, due_at=due_at, reason=answer.reason, lease_until=None
    )


def _delay(delivery: WebhookDelivery, answer: Answer) -> timedelta:
    """Return the delay before the next attempt: what the endpoint asks for, plus jitter."""
    longest = settings.WEBHOOK_BACKOFF_MAX_S
    return timedelta(seconds=min(answer.retry_after, longest)) + backoff(delivery.attempts, longest)


def _pause_reason(delivery: WebhookDelivery, answer: Answer) -> str:
    """Return why the endpoint is to be paused; empty while attempts go on."""
    if answer.reason == "gone":
        return "gone"
    before = timezone.now() - timedelta(seconds=settings.WEBHOOK_MAX_AGE_S)
    # Not this delivery alone: while an endpoint has a break, its waiting events take turns.
    waiting = WebhookDelivery.objects.filter(endpoint=delivery.endpoint_id, state=OperationState.READY)
    return "failing" if waiting.filter(first_sent_at__lt=before).exists() else ""
