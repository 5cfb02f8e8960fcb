"""What a walk did, in numbers of rows and in sentences."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Report:
    """`odd` lines could not be read: they are neither adopted nor taken for absent. `complete` says that
    the list was read to its end, so that absence means something."""

    seen: int = 0
    adopted: int = 0
    changed: int = 0
    gone: int = 0
    odd: int = 0
    complete: bool = True
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: "Report") -> "Report":
        return Report(
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
        """How many mirrored rows were written."""
        return self.adopted + self.changed + self.gone

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
