"""What reading a table has in common, whatever the file."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

#: What PostgreSQL cannot store, or what is half a character.
IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")


class Unreadable(ValueError):
    """No table that we can read; the first argument is a sentence for whoever sent it."""


class Row(NamedTuple):
    """`number` is what a spreadsheet shows beside the row; cells that are empty at its end may be missing."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Limits:
    """How much a table may hold. `rows` is without the headings; a cell longer than `cell` is cut there."""

    rows: int = 100_000
    columns: int = 100
    cell: int = 2_000
    characters: int = 50_000_000
    unpacked: int = 250_000_000
    entries: int = 500

    def sentence(self) -> str:
        told = {"rows": self.rows, "columns": self.columns}
        return (
            _("The table is too large: at most %(rows)d rows and %(columns)d columns can be read. Divide it.")
            % told
        )


def clean(text: str) -> str:
    """The text with a mark in place of what cannot be kept."""
    return IMPOSSIBLE.sub("\ufffd", text)
