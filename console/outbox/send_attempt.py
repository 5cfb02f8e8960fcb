"""One attempt to send or probe an operation."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from console.iclass import Client, Exchange, IClassError
from console.outbox.gates import save_clock_skew
from console.outbox.kinds import OperationKind
from console.outbox.models import Attempt, Operation

# These are steps of the relay, so they log under its name.
log = logging.getLogger("console.outbox.relay")
#: Signatures expire at whole seconds: one with less time left may have expired when it arrives.
MIN_SIGNATURE_LEFT_S = 2


@dataclass
class SendAttempt:
    """One attempt: the operation, its request, its start and its answer.

    `started` is monotonic seconds; `until` is the end of the lease in Unix seconds.
    """

    operation: Operation
    kind: OperationKind
    request: Any = None
    started_at: datetime = field(default_factory=timezone.now)
    started: float = field(default_factory=time.monotonic)
    answer: Any = None
    until: float = 0.0

    def set_deadline(self) -> None:
        """Set the end of the lease. Call this just before the lease is renewed."""
        self.until = timezone.now().timestamp() + settings.LEASE_S

    def is_within_margin(self) -> bool:
        """Return whether a refused signature means a wrong key.

        Signatures expire with the lease: near its end, the refusal may only mean that the call came too late.
        """
        return timezone.now().timestamp() < self.until - max(settings.LEASE_S / 2, MIN_SIGNATURE_LEFT_S)

    def save_result(self, outcome: str, error: IClassError | None = None) -> None:
        """Create the Attempt row and write a log line."""
        figures = {
            "endpoint": self.kind.endpoint,
            "milliseconds": int((time.monotonic() - self.started) * 1000),
            "outcome": outcome,
            "http_status": error.http_status if error else 200,
            "error_code": error.code if error else 0,
        }
        Attempt.objects.create(
            operation=self.operation,
            fence=self.operation.fence,
            started_at=self.started_at,
            message=str(error)[:300] if error else "",
            **figures,
        )
        school = self.operation.enterprise_id
        log.info("tried", extra={"operation": self.operation.pk, "school": school, **figures})


@contextmanager
def open_client(attempt: SendAttempt, calls: list[Exchange]) -> Iterator[Client]:
    """Open the school's client. It collects its calls, measures the clock skew and stops with the lease."""
    school = attempt.operation.enterprise
    client: Client = school.client(on_exchange=calls.append, until=attempt.until)
    client.assume_skew(school.gate.skew_s)
    try:
        yield client
    finally:
        save_clock_skew(school.gate, client.skew)
