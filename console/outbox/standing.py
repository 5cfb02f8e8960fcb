"""How the exchange of one school stands: numbers, the oldest wish that waits, and what holds it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.outbox.models import Attempt, Gate, Operation
from console.outbox.states import OPEN, State
from console.outbox.words import words_of

#: Seconds over which the rate is counted.
RATE_OVER_S = 300
#: Stands where a state stands, in the count of tries.
TRIES = "tries"
#: Seconds by which two clocks may differ before it is worth a line.
SKEW_TOLD_S = 30
#: Number → the states that it counts, its words, and how loud it is where it is not 0.
FIGURES: dict[str, tuple[State, str | Promise, str]] = {
    "waiting": (State.READY, _("waiting"), "idle"),
    "sending": (State.SENDING, _("sending"), "busy"),
    "unknown": (State.UNKNOWN, _("outcome unknown"), "warn"),
    "checking": (State.PROBING, _("checking"), "busy"),
    "held": (State.HELD, _("held back"), "warn"),
    "needs_you": (State.NEEDS_YOU, _("needs you"), "bad"),
    "refused": (State.REFUSED, _("refused"), "bad"),
}


@dataclass(frozen=True)
class Figure:
    name: str
    state: str
    word: str | Promise
    tone: str
    number: int


@dataclass(frozen=True)
class Note:
    """Something that holds the whole school: what, what to do next, since when or until when."""

    tone: str
    icon: str
    what: str | Promise
    next: str | Promise
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """`oldest_at` is when the oldest unfinished operation was asked for; `per_minute` counts tries."""

    figures: list[Figure] = field(default_factory=list)
    oldest_at: datetime | None = None
    per_minute: float = 0.0
    notes: list[Note] = field(default_factory=list)

    def numbers(self) -> dict[str, int]:
        """The figures by name."""
        return {figure.name: figure.number for figure in self.figures}


def standing_of(school: Any) -> Standing:
    """Counted over the operations that are not finished, which are few; two queries."""
    states = {state for state, _word, _tone in FIGURES.values()} | set(OPEN)
    unfinished = Operation.objects.filter(enterprise=school, state__in=states).order_by()
    since = timezone.now() - timedelta(seconds=RATE_OVER_S)
    tries = Attempt.objects.filter(operation__enterprise=school, started_at__gte=since).order_by()
    counted = (
        unfinished.values_list("state")
        .annotate(n=Count("pk"), at=Min("created_at"))
        .union(
            tries.annotate(state=Value(TRIES))
            .values_list("state")
            .annotate(n=Count("pk"), at=Min("started_at")),
            all=True,
        )
    )
    told = {state: (number, at) for state, number, at in counted}
    tried, _at = told.pop(TRIES, (0, None))
    figures = []
    for name, (state, word, tone) in FIGURES.items():
        number, _at = told.get(state, (0, None))
        figures.append(Figure(name, state, word, tone if number else "idle", number))
    oldest = min((at for state, (_number, at) in told.items() if state in OPEN), default=None)
    gate = Gate.objects.filter(enterprise=school).first()
    return Standing(figures, oldest, round(tried * 60 / RATE_OVER_S, 1), notes_of(gate) if gate else [])


def notes_of(gate: Gate) -> list[Note]:
    """What holds a school back now, the loudest first; empty where its calls pass."""
    notes = []
    for reason in gate.held_for:
        words = words_of(reason)
        notes.append(Note("bad", "player-pause", words.what, words.next, since=gate.held_since))
    if gate.open_until and gate.open_until > timezone.now():
        notes.append(_paused(gate))
    if abs(gate.skew_s) >= SKEW_TOLD_S:
        notes.append(_skewed(round(gate.skew_s)))
    return notes


def _paused(gate: Gate) -> Note:
    what = ngettext(
        "iclass failed %(n)d time in a row, so the console lets it rest.",
        "iclass failed %(n)d times in a row, so the console lets it rest.",
        gate.failures,
    )
    next_step = _("Nothing to do: it tries again by itself.")
    return Note("warn", "clock-pause", what % {"n": gate.failures}, next_step, until=gate.open_until)


def _skewed(seconds: int) -> Note:
    return Note(
        "warn", "clock-exclamation", skew_in_words(seconds), _("Set the clock of this computer right.")
    )


def skew_in_words(seconds: int) -> str:
    """By how much the service's clock is ahead of ours, or behind."""
    if seconds < 0:
        ahead = ngettext(
            "The clock of this computer is %(n)d second ahead of iclass's.",
            "The clock of this computer is %(n)d seconds ahead of iclass's.",
            -seconds,
        )
        return ahead % {"n": -seconds}
    behind = ngettext(
        "The clock of this computer is %(n)d second behind iclass's.",
        "The clock of this computer is %(n)d seconds behind iclass's.",
        seconds,
    )
    return behind % {"n": seconds}
