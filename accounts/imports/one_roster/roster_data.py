"""What a student information system says, read from a zip or from its REST service."""

from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.imports.one_roster.columns import BULK, DELETED


class Record(NamedTuple):
    """A line of a file: its number, and its cells by column."""

    line: int
    values: dict[str, str]

    @property
    def sourced_id(self) -> str:
        return self.values["sourcedId"]

    @property
    def is_deleted(self) -> bool:
        """Whether the record is to be deleted ("inactive" is an old spelling)."""
        return self.values.get("status", "").lower() in (DELETED, "inactive")

    def get(self, column: str) -> str:
        return self.values.get(column, "")

    def ids(self, column: str) -> list[str]:
        """Return the identifiers of a cell that lists several."""
        return [one for one in (part.strip() for part in self.get(column).split(",")) if one]


@dataclass
class RosterData:
    """Records by file name. `modes` has the files that are there, BULK or DELTA."""

    version: str
    modes: dict[str, str]
    files: dict[str, list[Record]] = field(default_factory=dict)

    def records(self, name: str) -> list[Record]:
        return self.files.get(name, [])

    def has(self, name: str) -> bool:
        return name in self.modes

    def is_bulk(self, name: str) -> bool:
        """Whether the file holds all there are, so that others are no longer there."""
        return self.modes.get(name) == BULK
