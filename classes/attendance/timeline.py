"""Timeline of the stays of one person: pieces for drawing, and a text alternative."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from classes.models import Lesson

#: Width of a timeline in its own units.
WIDTH = 1000
#: Minutes between clock labels: the first step that needs no more labels than fit beside each other.
LABEL_STEPS_MIN, MAX_LABELS = (15, 30, 60, 120, 240), 6


class TimelinePiece(NamedTuple):
    """`kind` is two_sources, one_source, inferred or unknown; `x` and `width` are in units of WIDTH."""

    kind: str
    x: int
    width: int


class ClockLabel(NamedTuple):
    """A whole quarter of an hour, or hour, on the clock of the school; `x` is in units of WIDTH."""

    x: int
    text: str

    @property
    def percent(self) -> str:
        return f"{self.x * 100 / WIDTH:.1f}"


class TimelineTick(NamedTuple):
    """`kind` is planned, real, late or clock (a clock label)."""

    kind: str
    x: int


@dataclass(frozen=True)
class Timeline:
    """The range of a timeline in unix seconds: planned and real time of the lesson.

    `known_until` is the end of what is drawn of people: the real end, or now while the lesson runs.
    """

    begins: int
    ends: int
    known_until: int
    is_live: bool

    @classmethod
    def for_lesson(cls, lesson: Lesson) -> "Timeline":
        now = int(timezone.now().timestamp())
        starts = [lesson.starts_at, lesson.real_started_at]
        begins = min(int(at.timestamp()) for at in starts if at)
        planned_end = int(lesson.ends_at.timestamp())
        real_end = int(lesson.real_ended_at.timestamp()) if lesson.real_ended_at else planned_end
        known_until = now if lesson.is_live else min(real_end, now)
        return cls(begins, max(begins + 1, planned_end, real_end, known_until), known_until, lesson.is_live)

    def x(self, second: int) -> int:
        """Return the position of a second, clamped to the range."""
        inside = min(max(second, self.begins), self.ends)
        return round((inside - self.begins) * WIDTH / (self.ends - self.begins))

    @property
    def drawn_until(self) -> int:
        """The position where the ground of the lines ends: now in a running lesson."""
        return self.x(self.known_until) if self.is_live else WIDTH

    def clock_labels(self) -> list[ClockLabel]:
        """Return labels at whole quarters of an hour, or rarer in a long lesson, in the active time zone."""
        zone = timezone.get_current_timezone()
        offset = datetime.fromtimestamp(self.begins, zone).utcoffset()
        shift = int(offset.total_seconds()) if offset else 0
        for minutes in LABEL_STEPS_MIN:
            step = minutes * 60
            first = -(-(self.begins + shift) // step) * step - shift
            seconds = range(first, self.ends + 1, step)
            if len(seconds) <= MAX_LABELS:
                break
        return [
            ClockLabel(self.x(second), f"{datetime.fromtimestamp(second, zone):%H:%M}") for second in seconds
        ]

    def pieces(self, facts: Mapping[str, Any]) -> list[TimelinePiece]:
        """Return the pieces of one person, from the facts of their mark; unknown time is drawn first.

        In a running lesson no piece goes beyond now; a stay without an end goes as far as is known.
        """
        unknown = [("unknown", start, end) for start, end in facts.get("unknown", ())]
        stays = [
            (stay["grade"], stay["from"], stay["to"] or self.known_until) for stay in facts.get("stays", ())
        ]
        begun = [span for span in (*unknown, *stays) if not self.is_live or span[1] < self.known_until]
        return [self._piece(*span) for span in begun]

    def _piece(self, kind: str, start: int, end: int) -> TimelinePiece:
        """Return the piece of a span; it is wide enough to be seen, but never beyond what is known."""
        until = self.x(min(end, self.known_until) if self.is_live else end)
        x = min(self.x(start), max(0, until - 2))
        return TimelinePiece(kind, x, max(2, until - x))

    def ticks(self, lesson: Lesson, late_limit: int | None) -> list[TimelineTick]:
        """Return ticks at clock labels, planned start and end, real start and end, and the late limit."""
        found = [
            TimelineTick("planned", self.x(int(at.timestamp()))) for at in (lesson.starts_at, lesson.ends_at)
        ]
        real = [at for at in (lesson.real_started_at, lesson.real_ended_at) if at]
        found += [TimelineTick("real", self.x(int(at.timestamp()))) for at in real]
        found = [*(TimelineTick("clock", label.x) for label in self.clock_labels()), *found]
        return [*found, TimelineTick("late", self.x(late_limit))] if late_limit else found

    def describe(self, facts: Mapping[str, Any]) -> str:
        """Describe the timeline as text: when the person was present, and when there is no data."""
        stays: Sequence[Mapping[str, Any]] = facts.get("stays", ())
        present = ", ".join(self._format_span(stay["from"], stay["to"]) for stay in stays)
        unknown = ", ".join(self._format_span(start, end) for start, end in facts.get("unknown", ()))
        text = _("In the room: %(times)s.") % {"times": present} if present else _("Not seen in the lesson.")
        return f"{text} {_('No data: %(times)s.') % {'times': unknown}}" if unknown else text

    def _format_span(self, start: int, end: int | None) -> str:
        """Format a span; without an end, the person is in the room now, or the end is unknown."""
        open_end = _("now") if self.is_live else "?"
        return f"{format_clock(start)}–{format_clock(end) if end else open_end}"


def format_clock(second: int) -> str:
    """Format a unix second in the active time zone."""
    return f"{datetime.fromtimestamp(second, timezone.get_current_timezone()):%H:%M:%S}"
