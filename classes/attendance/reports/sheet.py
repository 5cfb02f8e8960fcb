"""Report sheets: columns, rows, and a note that defines the shares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from classes.attendance.mark_badges import mark_badge
from classes.models import AttendanceCode, Mark
from console.policy.views import KeysetPage
from console.sheets.columns import Column, ColumnType
from console.ui.template_tags import duration, percent, when

#: Letters of marks in grids.
LETTERS: dict[str, str | Promise] = {
    Mark.PRESENT: pgettext_lazy("letter of a mark", "P"),
    Mark.LATE: pgettext_lazy("letter of a mark", "L"),
    Mark.LEFT_EARLY: pgettext_lazy("letter of a mark", "E"),
    Mark.LATE_AND_LEFT_EARLY: pgettext_lazy("letter of a mark", "LE"),
    Mark.ABSENT: pgettext_lazy("letter of a mark", "A"),
    Mark.EXCUSED: pgettext_lazy("letter of a mark", "X"),
    Mark.UNKNOWN: pgettext_lazy("letter of a mark", "?"),
}
ATTENDED_MARKS = (Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY)
#: Definition of the attended share.
DENOMINATOR = _(
    "Attendance rate: present, late and left early as a share of all marks, not counting "
    "“excused” and “no data”. Only lessons with final marks count."
)


class MarkCell(NamedTuple):
    """A mark in a grid: letter for files, name and tone for pages, and the mark itself for counting."""

    letter: str
    words: str
    tone: str
    mark: str

    def __str__(self) -> str:
        return self.letter


@dataclass(frozen=True)
class ReportSheet:
    """A report. `rows` have a value per column key, and optionally `link`, the URL of the first column.

    `keyset` is set if `rows` are those of one page. `above` are lines above the headings of a file.
    """

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    note: str | Promise = ""
    cut: bool = False
    total: Mapping[str, Any] = field(default_factory=dict)
    keyset: KeysetPage[Any] | None = None
    above: Sequence[str] = ()


def mark_cell(mark: str) -> MarkCell:
    return MarkCell(str(LETTERS[mark]), str(Mark(mark).label), mark_badge(mark).tone, mark)


def code_cell(code: AttendanceCode, mark: str) -> MarkCell:
    """Return a cell with a code of the school, whose words name the mark, too."""
    return MarkCell(code.letters, f"{code.name} ({Mark(mark).label})", code.tone, mark)


def attended_share(numbers: Mapping[str, int]) -> Decimal | None:
    """Return the attended share of the marks that count; None if none does."""
    attended = sum(numbers.get(mark, 0) for mark in ATTENDED_MARKS)
    counted = attended + numbers.get(Mark.ABSENT, 0)
    return (Decimal(attended) / counted).quantize(Decimal("0.0001"), ROUND_DOWN) if counted else None


def count_marks(marks: Iterable[str]) -> dict[str, int]:
    """Count the marks."""
    found: dict[str, int] = {}
    for mark in marks:
        found[mark] = found.get(mark, 0) + 1
    return found


def sum_counts(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums by mark."""
    total: dict[str, int] = {}
    for counts in several:
        for mark, number in counts.items():
            total[mark] = total.get(mark, 0) + number
    return total


def format_value(value: Any, kind: ColumnType) -> Any:
    """Format a value for display; MarkCell is returned as it is."""
    if value is None or isinstance(value, MarkCell):
        return value or ""
    if kind == ColumnType.DATETIME:
        return when(value)
    if kind == ColumnType.DATE:
        return f"{value:%Y-%m-%d}"
    if kind == ColumnType.SHARE:
        return percent(value)
    if kind == ColumnType.DURATION:
        return duration(value if isinstance(value, int | float) else value.total_seconds())
    return str(value)
