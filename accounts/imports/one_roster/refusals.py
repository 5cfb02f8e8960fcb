"""Lines of a roster that are refused: which, and why. They are kept as rows of the import."""

from collections.abc import Iterator
from typing import NamedTuple

from accounts.imports.one_roster.roster_data import Record
from accounts.models import PeopleImport, RosterRow


class Refusal(NamedTuple):
    """A refused line; `about` is the sourcedId of the person whom it is about, if any."""

    file: str
    record: Record
    column: str
    reason: str
    named: str = ""
    about: str = ""


class Refusals:
    """Collects the refused lines of a translation."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    def __iter__(self) -> Iterator[Refusal]:
        return iter(self.found)

    def add(
        self, file: str, record: Record, column: str, reason: str, named: str = "", about: str = ""
    ) -> None:
        self.found.append(Refusal(file, record, column, reason, named, about))

    def rows(self, source: PeopleImport) -> list[RosterRow]:
        """Return the rows to insert."""
        return [
            RosterRow(
                source=source,
                enterprise_id=source.enterprise_id,
                kind=RosterRow.Kind.LINE,
                file=one.file,
                line=one.record.line,
                sourced_id=one.record.get("sourcedId")[:255],
                outcome=RosterRow.Outcome.REFUSED,
                column=one.column,
                value=one.record.get(one.column)[:200],
                reason=one.reason,
                named=one.named[:100],
                about=one.about[:255],
            )
            for one in self.found
        ]
