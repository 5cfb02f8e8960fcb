"""Stays of one person as pieces of a drawn line, and in words for those who do not see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from classes.models import Lesson

#: How wide a line is drawn, in units of its own.
WIDTH = 1000


class Piece(NamedTuple):
    """`kind`: two_sources, one_source, inferred or unknown. `x` and `width` in units of WIDTH."""

    kind: str
    x: int
    width: int


class Tick(NamedTuple):
    """`kind`: planned, real or late."""

    kind: str
    x: int


@dataclass(frozen=True)
class Ruler:
    """The time that a line shows, from unix second to unix second: the plan and what was really taught."""

    begins: int
    ends: int

    @classmethod
    def of(cls, lesson: Lesson) -> "Ruler":
        starts = [lesson.starts_at, lesson.real_started_at]
        ends = [lesson.ends_at, lesson.real_ended_at]
        if lesson.is_live:
            ends.append(timezone.now())
        begins = min(int(at.timestamp()) for at in starts if at)
        return cls(begins, max(begins + 1, *(int(at.timestamp()) for at in ends if at)))

    def x(self, second: int) -> int:
        """Where a second lies, never beyond the ends."""
        inside = min(max(second, self.begins), self.ends)
        return round((inside - self.begins) * WIDTH / (self.ends - self.begins))

    def pieces(self, facts: Mapping[str, Any]) -> list[Piece]:
        """The line of one person, from the facts of their mark. What nobody could see lies below."""
        unknown = [("unknown", start, end) for start, end in facts.get("unknown", ())]
        stays = [(stay["grade"], stay["from"], stay["to"] or self.ends) for stay in facts.get("stays", ())]
        return [self._piece(*span) for span in (*unknown, *stays)]

    def _piece(self, kind: str, start: int, end: int) -> Piece:
        x = self.x(start)
        return Piece(kind, x, max(2, self.x(end) - x))

    def ticks(self, lesson: Lesson, late_limit: int | None) -> list[Tick]:
        """Planned start and end, real start and end, and the moment after which one is late."""
        found = [Tick("planned", self.x(int(at.timestamp()))) for at in (lesson.starts_at, lesson.ends_at)]
        real = [at for at in (lesson.real_started_at, lesson.real_ended_at) if at]
        found += [Tick("real", self.x(int(at.timestamp()))) for at in real]
        return [*found, Tick("late", self.x(late_limit))] if late_limit else found


def in_words(facts: Mapping[str, Any]) -> str:
    """The line as a sentence: when the person was there, and when nobody could tell."""
    stays: Sequence[Mapping[str, Any]] = facts.get("stays", ())
    there = ", ".join(_span(stay["from"], stay["to"]) for stay in stays)
    dark = ", ".join(_span(start, end) for start, end in facts.get("unknown", ()))
    said = _("In the room: %(times)s.") % {"times": there} if there else _("Not seen in the room.")
    return f"{said} {_('No data: %(times)s.') % {'times': dark}}" if dark else said


def _span(start: int, end: int | None) -> str:
    return f"{clock(start)}–{clock(end) if end else _('now')}"


def clock(second: int) -> str:
    """A unix second by the clock of the active zone."""
    return f"{datetime.fromtimestamp(second, timezone.get_current_timezone()):%H:%M:%S}"
