"""What a report is: columns, rows, and a sentence that says what its shares are of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.marks import sign_of
from classes.models import Mark
from console.policy.pages import KeysetPage
from console.sheets.columns import Column

#: A mark as one letter, for grids where a word has no room.
LETTERS: dict[str, str | Promise] = {
    Mark.PRESENT: pgettext_lazy("letter of a mark", "P"),
    Mark.LATE: pgettext_lazy("letter of a mark", "L"),
    Mark.LEFT_EARLY: pgettext_lazy("letter of a mark", "E"),
    Mark.LATE_AND_LEFT_EARLY: pgettext_lazy("letter of a mark", "LE"),
    Mark.ABSENT: pgettext_lazy("letter of a mark", "A"),
    Mark.EXCUSED: pgettext_lazy("letter of a mark", "X"),
    Mark.UNKNOWN: pgettext_lazy("letter of a mark", "?"),
}
CAME = (Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY)
#: What a share of attendance is of.
DENOMINATOR = _(
    "Attended: present, late or left early, of all marks but “excused” and “no data”,"
    " which count neither way."
)


class Cell(NamedTuple):
    """A mark in a grid: its letter for a file, and how the page draws and names it."""

    letter: str
    words: str
    tone: str

    def __str__(self) -> str:
        return self.letter


@dataclass(frozen=True)
class Sheet:
    """`rows` have a value for the key of each column, and perhaps `link`, an address for the first.

    `keyset` is there where `rows` are those of one page.
    """

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    note: str | Promise = ""
    cut: bool = False
    total: Mapping[str, Any] = field(default_factory=dict)
    keyset: KeysetPage[Any] | None = None


def cell_of(mark: str) -> Cell:
    return Cell(str(LETTERS[mark]), str(Mark(mark).label), sign_of(mark).tone)


def share(numbers: Mapping[str, int]) -> Decimal | None:
    """Attended of what counts; None where nothing does."""
    attended = sum(numbers.get(mark, 0) for mark in CAME)
    of = attended + numbers.get(Mark.ABSENT, 0)
    return (Decimal(attended) / of).quantize(Decimal("0.0001")) if of else None


def counted(marks: Iterable[str]) -> dict[str, int]:
    """How often each mark stands there."""
    found: dict[str, int] = {}
    for mark in marks:
        found[mark] = found.get(mark, 0) + 1
    return found
