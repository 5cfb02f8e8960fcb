"""States of an operation, the legal transitions between them, and the sync state that a row shows."""

from collections import deque

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OperationState(TextChoices):
    READY = "ready", _("waiting")
    SENDING = "sending", _("sending")
    DONE = "done", _("done")
    REFUSED = "refused", _("rejected")
    HELD = "held", _("on hold")
    UNKNOWN = "unknown", _("outcome unknown")
    PROBING = "probing", _("checking")
    NEEDS_YOU = "needs_you", _("needs attention")
    PARKED = "parked", _("set aside")
    SUPERSEDED = "superseded", _("replaced by a newer change")


#: Transitions that the relay may make. The trigger `outbox_legal_step` refuses what is neither here nor in
#: PERSON_STEPS. It has pairs of its own, because a migration must not change when the code does;
#: tests/console/outbox/test_states.py compares them with these tables.
MACHINE_STEPS: dict[OperationState, frozenset[OperationState]] = {
    OperationState.READY: frozenset({OperationState.SENDING, OperationState.HELD, OperationState.SUPERSEDED}),
    OperationState.SENDING: frozenset(
        {
            OperationState.DONE,
            OperationState.REFUSED,
            OperationState.HELD,
            OperationState.UNKNOWN,
            OperationState.READY,
        }
    ),
    OperationState.UNKNOWN: frozenset({OperationState.PROBING}),
    OperationState.PROBING: frozenset(
        {OperationState.DONE, OperationState.READY, OperationState.UNKNOWN, OperationState.NEEDS_YOU}
    ),
    OperationState.HELD: frozenset({OperationState.READY}),
}

#: Transitions that only a person may make.
PERSON_STEPS: dict[OperationState, frozenset[OperationState]] = {
    OperationState.REFUSED: frozenset({OperationState.READY, OperationState.DONE, OperationState.PARKED}),
    OperationState.NEEDS_YOU: frozenset({OperationState.READY, OperationState.DONE, OperationState.PARKED}),
    OperationState.PARKED: frozenset({OperationState.READY}),
}


def machine_path(origin: OperationState, target: OperationState) -> list[OperationState]:
    """Return the shortest way from `origin` to `target` in MACHINE_STEPS, without `origin`.

    Raise LookupError if there is none.
    """
    paths, reached = deque([[origin]]), {origin}
    while paths:
        path = paths.popleft()
        if path[-1] == target:
            return path[1:]
        following = sorted(MACHINE_STEPS.get(path[-1], frozenset()) - reached)
        reached.update(following)
        paths.extend([*path, state] for state in following)
    raise LookupError(f"No machine may move an operation from {origin} to {target}.")


#: A lane waits while one of its earlier operations is in one of these states.
OPEN_STATES = (
    OperationState.READY,
    OperationState.SENDING,
    OperationState.UNKNOWN,
    OperationState.PROBING,
    OperationState.HELD,
    OperationState.NEEDS_YOU,
)


class SyncState(TextChoices):
    """The sync state of a mirrored row."""

    LOCAL = "local", _("not synced")
    IN_SYNC = "in_sync", _("in sync")
    SENDING = "sending", _("sending")
    CHECKING = "checking", _("checking")
    HELD = "held", _("on hold")
    REFUSED = "refused", _("rejected")
    NEEDS_YOU = "needs_you", _("needs attention")
    CHANGED_OUTSIDE = "changed_outside", _("changed outside")
    GONE = "gone", _("missing at iclass")


SYNC_OF_STATE: dict[str, SyncState] = {
    OperationState.READY: SyncState.SENDING,
    OperationState.SENDING: SyncState.SENDING,
    OperationState.UNKNOWN: SyncState.CHECKING,
    OperationState.PROBING: SyncState.CHECKING,
    OperationState.HELD: SyncState.HELD,
    OperationState.REFUSED: SyncState.REFUSED,
    OperationState.NEEDS_YOU: SyncState.NEEDS_YOU,
    OperationState.PARKED: SyncState.REFUSED,
    OperationState.DONE: SyncState.IN_SYNC,
    OperationState.SUPERSEDED: SyncState.IN_SYNC,
}
