"""Tiles of the wall in order, its counts, and a summary for screen readers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.lessons.queries import lessons_for
from classes.lessons.status import OVERDUE, Phase, phase_of
from classes.live.wall.queries import LiveLesson, load_live_lessons
from classes.live.wall.troubles import TROUBLE_ORDER, Trouble, find_troubles, is_stale

MAX_NAMES = 3
#: Lessons in trouble that the summary names; the rest is a number.
MAX_ANNOUNCED = 5


class Tile(NamedTuple):
    """A lesson with its troubles and phase: running, overdue or soon."""

    lesson: LiveLesson
    troubles: list[Trouble]
    phase: Phase

    @property
    def overdue(self) -> bool:
        return self.phase == OVERDUE

    @property
    def urgent(self) -> bool:
        """Whether it is highlighted and comes first: an urgent trouble, or it should have begun."""
        return self.overdue or any(one.sort.urgent for one in self.troubles)

    @property
    def needs_attention(self) -> bool:
        """Whether there is an alarm about it, as each trouble is one, or it should have begun."""
        return self.overdue or bool(self.troubles)

    @property
    def part(self) -> str:
        """The one part of the wall (WALL_PARTS) that counts it, so that the parts add up to all tiles."""
        return "trouble" if self.needs_attention else "running" if self.lesson.runs else "soon"

    @property
    def worst_text(self) -> str:
        """What needs attention most, of a tile that does."""
        return str(self.troubles[0].sort.words if self.troubles else self.phase.word)

    @property
    def expected_text(self) -> str:
        number = self.lesson.expected
        return ngettext("%(n)s student expected", "%(n)s students expected", number) % {"n": number}

    @property
    def missing_text(self) -> str:
        """The first missing people and how many more there are; empty until the room was polled."""
        if not self.lesson.looked_at:
            return ""
        names = ", ".join(self.lesson.missing[:MAX_NAMES])
        more = len(self.lesson.missing) - MAX_NAMES
        return f"{names} +{more}" if more > 0 else names

    def sort_key(self) -> tuple[bool, int, datetime, int]:
        """Sort key: urgent trouble first, the worst of it on top, then by start."""
        worst = min(
            (TROUBLE_ORDER[one.kind] for one in self.troubles if one.sort.urgent), default=len(TROUBLE_ORDER)
        )
        return not self.urgent, worst, self.lesson.starts_at, self.lesson.pk


@dataclass(frozen=True)
class Wall:
    """All current lessons. `chosen` is the part to show: running, soon, trouble, or empty for all."""

    tiles: list[Tile]
    chosen: str = ""

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of tiles of each part; together, all of them."""
        counts = Counter(tile.part for tile in self.tiles)
        return {name: counts[name] for name in WALL_PARTS}

    @cached_property
    def shown(self) -> list[Tile]:
        return [tile for tile in self.tiles if self.chosen in ("", tile.part)]

    @cached_property
    def silent_since(self) -> datetime | None:
        """Since when iclass has told of no running lesson; None if the data of one is current."""
        running: list[Any] = [tile.lesson for tile in self.tiles if tile.lesson.runs]
        now = timezone.now()
        if not running or not all(is_stale(one, now) for one in running):
            return None
        newest: datetime = max(one.looked_at or one.real_started_at for one in running)
        return newest

    @cached_property
    def summary(self) -> str:
        """The wall as a sentence, for screen readers; it changes only if the wall does.

        It counts every running lesson, and then names those that need attention.
        """
        running, soon = sum(tile.lesson.runs for tile in self.tiles), self.numbers["soon"]
        sentences = [
            ngettext("%(n)d lesson is running.", "%(n)d lessons are running.", running) % {"n": running},
            ngettext("%(n)d starts soon.", "%(n)d start soon.", soon) % {"n": soon},
        ]
        troubled = [tile for tile in self.tiles if tile.needs_attention]
        sentences += [f"{tile.lesson.topic}: {tile.worst_text}." for tile in troubled[:MAX_ANNOUNCED]]
        if more := len(troubled) - MAX_ANNOUNCED:
            sentences += [_("And %(n)d more need attention.") % {"n": more}] if more > 0 else []
        return " ".join(sentences)


WALL_PARTS = ("running", "soon", "trouble")


def build_wall(reader: Any, chosen: str = "", text: str = "") -> Wall:
    """Return the wall of the lessons that this reader may see; `text` is searched in topic and teacher."""
    now = timezone.now()
    lessons = load_live_lessons(lessons_for(reader).select_related(None), now)
    return Wall(sorted(_build_tiles(lessons, now, text.casefold()), key=Tile.sort_key), chosen)


def _build_tiles(lessons: Iterable[LiveLesson], now: datetime, text: str) -> Iterable[Tile]:
    for lesson in lessons:
        if text in f"{lesson.topic}\n{lesson.teacher}".casefold():
            yield Tile(lesson, find_troubles(lesson, now), phase_of(lesson, now))
