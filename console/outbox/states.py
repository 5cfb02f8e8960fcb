"""The states of an operation, the legal steps between them, and what a mirrored row shows of them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    READY = "ready", _("waiting")
    SENDING = "sending", _("sending")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    HELD = "held", _("held back")
    UNKNOWN = "unknown", _("outcome unknown")
    PROBING = "probing", _("checking")
    NEEDS_YOU = "needs_you", _("needs you")
    PARKED = "parked", _("set aside")
    SUPERSEDED = "superseded", _("replaced by a newer change")


#: Steps that the machine may take. The database guards the union of both tables by a trigger.
MACHINE_STEPS: dict[State, frozenset[State]] = {
    State.READY: frozenset({State.SENDING, State.HELD, State.SUPERSEDED}),
    State.SENDING: frozenset({State.DONE, State.REFUSED, State.HELD, State.UNKNOWN, State.READY}),
    State.UNKNOWN: frozenset({State.PROBING}),
    State.PROBING: frozenset({State.DONE, State.READY, State.UNKNOWN, State.NEEDS_YOU}),
    State.HELD: frozenset({State.READY}),
}

#: Steps that only a person may take.
PERSON_STEPS: dict[State, frozenset[State]] = {
    State.REFUSED: frozenset({State.READY, State.DONE, State.PARKED}),
    State.NEEDS_YOU: frozenset({State.READY, State.DONE, State.PARKED}),
    State.PARKED: frozenset({State.READY}),
}

#: A lane stands still while one of its earlier operations is in one of these.
OPEN = (State.READY, State.SENDING, State.UNKNOWN, State.PROBING, State.HELD, State.NEEDS_YOU)


class SyncState(TextChoices):
    """What a mirrored row says of itself."""

    LOCAL = "local", _("not sent yet")
    IN_SYNC = "in_sync", _("in sync")
    SENDING = "sending", _("sending")
    CHECKING = "checking", _("checking")
    HELD = "held", _("held back")
    REFUSED = "refused", _("refused")
    NEEDS_YOU = "needs_you", _("needs you")
    CHANGED_OUTSIDE = "changed_outside", _("changed outside")
    GONE = "gone", _("gone at the service")


SYNC_OF_STATE: dict[str, SyncState] = {
    State.READY: SyncState.SENDING,
    State.SENDING: SyncState.SENDING,
    State.UNKNOWN: SyncState.CHECKING,
    State.PROBING: SyncState.CHECKING,
    State.HELD: SyncState.HELD,
    State.REFUSED: SyncState.REFUSED,
    State.NEEDS_YOU: SyncState.NEEDS_YOU,
    State.PARKED: SyncState.REFUSED,
    State.DONE: SyncState.IN_SYNC,
    State.SUPERSEDED: SyncState.IN_SYNC,
}
