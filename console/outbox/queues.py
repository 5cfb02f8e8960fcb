"""Tables of which the rows are sent: what they are called, and the compare-and-set of a claimed row.

The code of claims and gates (`console.outbox.claims`, `console.outbox.gates`) is that of every queue: a claim
is one UPDATE, with a lease and a fence, of the first open row of each lane. A row is a `QueuedRow`, and its
gate, which limits how fast and whether it is sent, a `SendingGate` (`console.outbox.models`).
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models

from console.outbox.states import OPEN_STATES


@dataclass(frozen=True)
class Queue:
    """A table of rows to send, and the table of their gates.

    `gate` is the column of both that joins a row with its gate; gates take turns. Rows of a dead worker get
    the state `after_lease`. With `has_waits` a row may wait for others than the earlier ones of its lane.
    `max_in_flight` is how many rows of one gate may be claimed at a time (0: any number), `max_pause` the
    setting with the longest pause of the breaker, in seconds.
    """

    rows: str
    gates: str
    gate: str
    after_lease: str
    has_waits: bool = False
    max_in_flight: int = 0
    max_pause: str = "OUTBOX_BREAKER_MAX_S"
    open_states: tuple[str, ...] = tuple(OPEN_STATES)

    def sql(self, statement: str, **parts: str) -> str:
        """Return a statement with the names of this queue."""
        return statement.format(
            rows=self.rows, gates=self.gates, gate=self.gate, after_lease=self.after_lease, **parts
        )

    @property
    def max_pause_s(self) -> float:
        return float(getattr(settings, self.max_pause))


#: Commands to the API. What a dead worker sent has an unknown outcome: it is probed before anything else.
OPERATIONS = Queue("outbox_operation", "outbox_gate", "enterprise_id", after_lease="unknown", has_waits=True)


def compare_and_set(row: models.Model, to: str, **fields: Any) -> bool:
    """Move a claimed row to another state; False if another worker has claimed it since."""
    stored: Any = row
    expected = {"state": stored.state, "fence": stored.fence}
    if not type(row)._default_manager.filter(pk=row.pk, **expected).update(state=to, **fields):
        return False
    stored.state = to
    return True
