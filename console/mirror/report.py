"""Report of a reconciliation run: numbers of rows, and problems as text."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class ReconcileReport:
    """Result of a run.

    `odd` counts lines that could not be parsed: they are neither adopted nor treated as absent. `complete`
    means that the list was read to its end, so that rows not in it are missing.
    """

    seen: int = 0
    adopted: int = 0
    changed: int = 0
    gone: int = 0
    odd: int = 0
    complete: bool = True
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: "ReconcileReport") -> "ReconcileReport":
        return ReconcileReport(
            self.seen + other.seen,
            self.adopted + other.adopted,
            self.changed + other.changed,
            self.gone + other.gone,
            self.odd + other.odd,
            self.complete and other.complete,
            self.problems + other.problems,
        )

    @property
    def writes(self) -> int:
        """The number of mirrored rows that were written."""
        return self.adopted + self.changed + self.gone

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
