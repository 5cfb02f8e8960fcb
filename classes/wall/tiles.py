"""The wall: its tiles in order, its numbers, and what of it is told aloud."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.queries import lessons_for
from classes.wall.now import LessonNow, lessons_now
from classes.wall.troubles import ORDER, Trouble, troubles_of

NAMES = 3
#: So many lessons in trouble are named aloud; the rest is a number.
TOLD = 5


class Tile(NamedTuple):
    """A lesson with its troubles. `part` is running, overdue or soon."""

    lesson: LessonNow
    troubles: list[Trouble]
    part: str

    @property
    def urgent(self) -> bool:
        return any(one.sort.urgent for one in self.troubles)

    @property
    def names(self) -> list[str]:
        return self.lesson.missing[:NAMES]

    @property
    def more(self) -> int:
        return max(0, len(self.lesson.missing) - NAMES)

    def place(self) -> tuple[bool, int, datetime, int]:
        """Trouble first and the worst of it, then by start."""
        worst = min((ORDER[one.kind] for one in self.troubles if one.sort.urgent), default=len(ORDER))
        return not self.urgent, worst, self.lesson.starts_at, self.lesson.pk


@dataclass(frozen=True)
class Wall:
    """Everything of now. `chosen` is the part that the reader wants: running, soon, trouble or all of it."""

    tiles: list[Tile]
    chosen: str = ""

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {name: sum(1 for tile in self.tiles if _is(tile, name)) for name in PARTS}

    @cached_property
    def shown(self) -> list[Tile]:
        return [tile for tile in self.tiles if not self.chosen or _is(tile, self.chosen)]

    @cached_property
    def words(self) -> str:
        """The news in a sentence, for those who hear the page; it changes only where the wall does."""
        running, soon = self.numbers["running"], self.numbers["soon"]
        told = [
            ngettext("%(n)d lesson is running.", "%(n)d lessons are running.", running) % {"n": running},
            ngettext("%(n)d begins soon.", "%(n)d begin soon.", soon) % {"n": soon},
        ]
        urgent = [tile for tile in self.tiles if tile.urgent]
        told += [f"{tile.lesson.topic}: {tile.troubles[0].sort.words}." for tile in urgent[:TOLD]]
        if more := len(urgent) - TOLD:
            told += [_("And %(n)d more need attention.") % {"n": more}] if more > 0 else []
        return " ".join(told)


PARTS = ("running", "soon", "trouble")


def _is(tile: Tile, part: str) -> bool:
    return tile.urgent if part == "trouble" else tile.part == part


def wall_for(reader: Any, chosen: str = "", text: str = "") -> Wall:
    """The wall of the lessons that this reader may see; `text` is in the name of a lesson or its teacher."""
    now = timezone.now()
    lessons = lessons_now(lessons_for(reader).select_related(None))
    return Wall(sorted(_tiles(lessons, now, text.casefold()), key=Tile.place), chosen)


def _tiles(lessons: Iterable[LessonNow], now: datetime, text: str) -> Iterable[Tile]:
    for lesson in lessons:
        if text in f"{lesson.topic}\n{lesson.teacher}".casefold():
            part = "running" if lesson.runs else "overdue" if lesson.starts_at <= now else "soon"
            yield Tile(lesson, troubles_of(lesson, now), part)
