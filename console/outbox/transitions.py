"""The transition of an operation to its next state, and when a machine tries again."""

import random
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from console.iclass import Busy, IClassError
from console.outbox.models import Attempt, Operation
from console.outbox.queues import compare_and_set
from console.outbox.states import OperationState
from console.outbox.sync_state import lock_subject, write_sync_state

#: Number of times that recording an answer may fail before a person must decide.
MAX_RECORD_FAILURES = 3


def transition(operation: Operation, to: OperationState, **fields: Any) -> bool:
    """Move an operation by one compare-and-set with the fence; False if another worker has claimed it."""
    with transaction.atomic():
        # Services lock the row before its operations; the same order here avoids deadlocks.
        lock_subject(operation.subject_type, operation.subject_id)
        if not compare_and_set(operation, to, **fields):
            return False
        write_sync_state(operation)
    return True


def give_up_reason(operation: Operation) -> str:
    """Return the reason to stop retrying an operation; empty while retries go on."""
    if operation.tries.filter(outcome=Attempt.Outcome.UNRECORDED).count() >= MAX_RECORD_FAILURES:
        return "cannot_record"
    age = timezone.now() - (operation.first_sent_at or operation.created_at)
    old = age > timedelta(seconds=settings.OUTBOX_MAX_AGE_S)
    return "too_many_tries" if old and operation.tries.count() >= settings.OUTBOX_MAX_ATTEMPTS else ""


def should_give_up(operation: Operation) -> bool:
    return bool(give_up_reason(operation))


def retry_delay(operation: Operation, error: IClassError) -> timedelta:
    """Return the delay before the next attempt: what the service asks for, plus jitter."""
    retry_after = error.retry_after or 0 if isinstance(error, Busy) else 0
    return timedelta(seconds=min(retry_after, settings.OUTBOX_BACKOFF_MAX_S)) + backoff(operation.attempts)


def backoff(attempts: int, longest_s: float | None = None) -> timedelta:
    """Return a delay with full jitter, so that operations that failed together do not retry together.

    It is uniform between 0 and a ceiling that doubles with each attempt up to `longest_s`, by default
    `OUTBOX_BACKOFF_MAX_S`.
    """
    longest_s = settings.OUTBOX_BACKOFF_MAX_S if longest_s is None else longest_s
    ceiling = min(longest_s, settings.OUTBOX_BACKOFF_S * 2 ** min(attempts, 16))
    return timedelta(seconds=random.uniform(0, ceiling))
