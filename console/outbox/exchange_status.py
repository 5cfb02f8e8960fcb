"""Status of one school's exchange with the service: figures, the oldest open operation, and holds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.outbox.models import Attempt, Gate, Operation
from console.outbox.reasons import reason_text
from console.outbox.states import OPEN_STATES, OperationState

#: Seconds over which the rate of attempts is measured.
RATE_OVER_S = 300
#: Takes the place of a state in the row that counts attempts.
ATTEMPTS = "tries"
#: Clock differences from this many seconds are shown.
SKEW_SHOWN_S = 30
#: Maps each figure to the state that it counts, its label, and its tone when it is not 0.
FIGURES: dict[str, tuple[OperationState, str | Promise, str]] = {
    "waiting": (OperationState.READY, _("waiting"), "idle"),
    "sending": (OperationState.SENDING, _("sending"), "busy"),
    "unknown": (OperationState.UNKNOWN, _("outcome unknown"), "warn"),
    "checking": (OperationState.PROBING, _("checking"), "busy"),
    "held": (OperationState.HELD, _("on hold"), "warn"),
    "needs_you": (OperationState.NEEDS_YOU, _("needs attention"), "bad"),
    "refused": (OperationState.REFUSED, _("rejected"), "bad"),
}


@dataclass(frozen=True)
class StatusFigure:
    name: str
    state: str
    word: str | Promise
    tone: str
    number: int


@dataclass(frozen=True)
class StatusNote:
    """A condition that stops the whole school: what it is, what to do next, since when or until when."""

    tone: str
    icon: str
    what: str | Promise
    next: str | Promise
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class ExchangeStatus:
    """Status of a school.

    `oldest_at` is when the oldest open operation was created; `per_minute` is the rate of attempts.
    """

    figures: list[StatusFigure] = field(default_factory=list)
    oldest_at: datetime | None = None
    per_minute: float = 0.0
    notes: list[StatusNote] = field(default_factory=list)

    def numbers(self) -> dict[str, int]:
        """Return the figures by name."""
        return {figure.name: figure.number for figure in self.figures}


def exchange_status(school: Any) -> ExchangeStatus:
    """Return the status of a school, counted over its unfinished operations. Uses two queries."""
    states = {state for state, _word, _tone in FIGURES.values()} | set(OPEN_STATES)
    unfinished = Operation.objects.filter(enterprise=school, state__in=states).order_by()
    since = timezone.now() - timedelta(seconds=RATE_OVER_S)
    attempts = Attempt.objects.filter(operation__enterprise=school, started_at__gte=since).order_by()
    counted = (
        unfinished.values_list("state")
        .annotate(n=Count("pk"), at=Min("created_at"))
        .union(
            attempts.annotate(state=Value(ATTEMPTS))
            .values_list("state")
            .annotate(n=Count("pk"), at=Min("started_at")),
            all=True,
        )
    )
    counts = {state: (number, at) for state, number, at in counted}
    attempt_count, _at = counts.pop(ATTEMPTS, (0, None))
    figures = []
    for name, (state, word, tone) in FIGURES.items():
        number, _at = counts.get(state, (0, None))
        figures.append(StatusFigure(name, state, word, tone if number else "idle", number))
    oldest = min((at for state, (_number, at) in counts.items() if state in OPEN_STATES), default=None)
    gate = Gate.objects.filter(enterprise=school).first()
    return ExchangeStatus(
        figures, oldest, round(attempt_count * 60 / RATE_OVER_S, 1), status_notes(gate) if gate else []
    )


def status_notes(gate: Gate) -> list[StatusNote]:
    """Return what stops a school now, the most severe first; empty if its calls pass."""
    notes = []
    for reason in gate.held_for:
        text = reason_text(reason)
        notes.append(StatusNote("bad", "player-pause", text.what, text.next, since=gate.held_since))
    if gate.open_until and gate.open_until > timezone.now():
        notes.append(_pause_note(gate))
    if abs(gate.skew_s) >= SKEW_SHOWN_S:
        notes.append(_skew_note(round(gate.skew_s)))
    return notes


def _pause_note(gate: Gate) -> StatusNote:
    what = ngettext(
        "iclass failed %(n)d time in a row, so sending is paused.",
        "iclass failed %(n)d times in a row, so sending is paused.",
        gate.failures,
    )
    next_step = _("No action needed. It is tried again automatically.")
    return StatusNote("warn", "clock-pause", what % {"n": gate.failures}, next_step, until=gate.open_until)


def _skew_note(seconds: int) -> StatusNote:
    return StatusNote(
        "warn", "clock-exclamation", describe_skew(seconds), _("Correct the clock of the server.")
    )


def describe_skew(seconds: int) -> str:
    """Return a sentence about a clock skew; `seconds` is how far the service's clock is ahead."""
    if seconds < 0:
        ahead = ngettext(
            "The server's clock is %(n)d second ahead of iclass.",
            "The server's clock is %(n)d seconds ahead of iclass.",
            -seconds,
        )
        return ahead % {"n": -seconds}
    behind = ngettext(
        "The server's clock is %(n)d second behind iclass.",
        "The server's clock is %(n)d seconds behind iclass.",
        seconds,
    )
    return behind % {"n": seconds}
