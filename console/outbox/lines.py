"""An operation as people read it: what, in which state, why, since when, and what may be done."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.badges import Badge
from console.outbox.desk import open_to
from console.outbox.kinds import label_of
from console.outbox.models import Attempt, Operation
from console.outbox.states import OPEN, State
from console.outbox.words import Words, words_of

_BY_ITSELF = _("Nothing to do: it goes out by itself.")

STATES: dict[str, Badge] = {
    State.READY: Badge(_("waiting"), "clock", "idle", _BY_ITSELF),
    State.SENDING: Badge(_("sending"), "cloud-upload", "busy", _BY_ITSELF),
    State.DONE: Badge(_("done"), "cloud-check", "ok", ""),
    State.REFUSED: Badge(
        _("refused"), "cloud-x", "bad", _("Correct what the reason names, then send it again.")
    ),
    State.HELD: Badge(
        _("held back"),
        "player-pause",
        "warn",
        _("It goes out by itself once what the reason names is mended."),
    ),
    State.UNKNOWN: Badge(
        _("outcome unknown"),
        "help-circle",
        "warn",
        _("Nothing to do: the console looks before it sends again."),
    ),
    State.PROBING: Badge(_("checking"), "cloud-search", "busy", _BY_ITSELF),
    State.NEEDS_YOU: Badge(
        _("needs you"),
        "hand-stop",
        "bad",
        _("Look whether it arrived, then send it again or mark it as done."),
    ),
    State.PARKED: Badge(_("set aside"), "archive", "idle", _("It can be sent again at any time.")),
    State.SUPERSEDED: Badge(_("replaced by a newer change"), "replace", "idle", ""),
}


#: Why a try ended so to which no answer came.
_LOST = {Attempt.Outcome.NOT_REACHED: "not_reached", Attempt.Outcome.UNKNOWN: "unknown_outcome"}


@dataclass(frozen=True)
class Try:
    """One try as people read it."""

    attempt: Attempt

    @property
    def tone(self) -> str:
        good = (Attempt.Outcome.OK, Attempt.Outcome.FOUND)
        lost = (Attempt.Outcome.NOT_REACHED, Attempt.Outcome.UNKNOWN, Attempt.Outcome.UNCLEAR)
        outcome = self.attempt.outcome
        return "ok" if outcome in good else "warn" if outcome in lost else "bad" if self.code else "idle"

    @property
    def code(self) -> int | None:
        """The service's error code; None where it said none or 0."""
        return self.attempt.error_code or None

    @property
    def why(self) -> str | Promise:
        """What the code means, else what became of the call; empty for a try that went well."""
        if self.code:
            return words_of(str(self.code)).what
        answered = self.attempt.http_status is not None
        reason = "unreadable" if answered else _LOST.get(self.attempt.outcome, "")
        return words_of(reason).what if self.attempt.message and reason else ""


@dataclass(frozen=True)
class Line:
    operation: Operation

    @property
    def what(self) -> str | Promise:
        return label_of(self.operation.kind)

    @property
    def badge(self) -> Badge:
        return STATES[self.operation.state]

    @property
    def words(self) -> Words | None:
        """Why it stands where it stands; of what is over and well there is nothing to say."""
        settled = self.operation.state in (State.DONE, State.SUPERSEDED)
        return words_of(self.operation.reason) if self.operation.reason and not settled else None

    @property
    def next_step(self) -> str | Promise:
        return self.words.next if self.words else self.badge.next_step

    @property
    def url(self) -> str:
        """The page of the thing that this is about; empty for one without a page."""
        row = apps.get_model(self.operation.subject_type)(pk=self.operation.subject_id)
        return row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""

    @property
    def lag(self) -> timedelta:
        """From the wish to its end, or until now."""
        return (self.operation.finished_at or timezone.now()) - self.operation.created_at

    @property
    def lag_seconds(self) -> float:
        return self.lag.total_seconds()

    @property
    def open(self) -> bool:
        return self.operation.state in OPEN

    @property
    def decisions(self) -> list[str]:
        return open_to(self.operation)
