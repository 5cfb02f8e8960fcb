"""Display of operations and attempts: badges, reasons, next steps and possible decisions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.outbox.decisions import allowed_decisions
from console.outbox.kinds import kind_label
from console.outbox.models import Attempt, Operation
from console.outbox.reasons import ReasonText, reason_text
from console.outbox.states import OPEN_STATES, OperationState
from console.ui.badges import Badge

_NO_ACTION_NEEDED = _("No action needed. It is sent automatically.")

STATE_BADGES: dict[str, Badge] = {
    OperationState.READY: Badge(_("waiting"), "clock", "idle", _NO_ACTION_NEEDED),
    OperationState.SENDING: Badge(_("sending"), "cloud-upload", "busy", _NO_ACTION_NEEDED),
    OperationState.DONE: Badge(_("done"), "cloud-check", "ok", ""),
    OperationState.REFUSED: Badge(
        _("rejected"), "cloud-x", "bad", _("Correct the reported problem, then send it again.")
    ),
    OperationState.HELD: Badge(
        _("on hold"),
        "player-pause",
        "warn",
        _("It is sent automatically after the problem is solved."),
    ),
    OperationState.UNKNOWN: Badge(
        _("outcome unknown"),
        "help-circle",
        "warn",
        _("No action needed. The console checks before it sends again."),
    ),
    OperationState.PROBING: Badge(_("checking"), "cloud-search", "busy", _NO_ACTION_NEEDED),
    OperationState.NEEDS_YOU: Badge(
        _("needs attention"),
        "hand-stop",
        "bad",
        _("Check whether iclass received it, then send it again or mark it as done."),
    ),
    OperationState.PARKED: Badge(_("set aside"), "archive", "idle", _("It can be sent again at any time.")),
    OperationState.SUPERSEDED: Badge(_("replaced by a newer change"), "replace", "idle", ""),
}


#: Reasons of attempts that got no answer.
_REASON_WITHOUT_ANSWER = {
    Attempt.Outcome.NOT_REACHED: "not_reached",
    Attempt.Outcome.UNKNOWN: "unknown_outcome",
}


@dataclass(frozen=True)
class AttemptRow:
    """Display of one attempt."""

    attempt: Attempt

    @property
    def tone(self) -> str:
        good = (Attempt.Outcome.OK, Attempt.Outcome.FOUND)
        lost = (Attempt.Outcome.NOT_REACHED, Attempt.Outcome.UNKNOWN, Attempt.Outcome.UNCLEAR)
        outcome = self.attempt.outcome
        return "ok" if outcome in good else "warn" if outcome in lost else "bad" if self.code else "idle"

    @property
    def code(self) -> int | None:
        """The service's error code; None if there is none or it is 0."""
        return self.attempt.error_code or None

    @property
    def why(self) -> str | Promise:
        """The meaning of the code, or else the result of the call; empty for a successful attempt."""
        if self.code:
            return reason_text(str(self.code)).what
        answered = self.attempt.http_status is not None
        outcome: Any = self.attempt.outcome
        reason = "unreadable" if answered else _REASON_WITHOUT_ANSWER.get(outcome, "")
        return reason_text(reason).what if self.attempt.message and reason else ""


@dataclass(frozen=True)
class OperationRow:
    """Display of one operation."""

    operation: Operation

    @property
    def what(self) -> str | Promise:
        return kind_label(self.operation.kind)

    @property
    def badge(self) -> Badge:
        return STATE_BADGES[self.operation.state]

    @property
    def words(self) -> ReasonText | None:
        """The reason for the state; None for operations that are done or superseded."""
        settled = self.operation.state in (OperationState.DONE, OperationState.SUPERSEDED)
        return reason_text(self.operation.reason) if self.operation.reason and not settled else None

    @property
    def next_step(self) -> str | Promise:
        return self.words.next if self.words else self.badge.next_step

    @property
    def url(self) -> str:
        """The URL of the subject's page; empty if it has none."""
        row = apps.get_model(self.operation.subject_type)(pk=self.operation.subject_id)
        return row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""

    @property
    def lag(self) -> timedelta:
        """The time from creation to the end, or until now."""
        return (self.operation.finished_at or timezone.now()) - self.operation.created_at

    @property
    def lag_seconds(self) -> float:
        return self.lag.total_seconds()

    @property
    def open(self) -> bool:
        return self.operation.state in OPEN_STATES

    @property
    def decisions(self) -> list[str]:
        return allowed_decisions(self.operation)
