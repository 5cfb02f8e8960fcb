"""Types shared by the readers of all table formats."""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Characters that PostgreSQL cannot store, and lone surrogates.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class SheetRow(NamedTuple):
    """A row. `number` is the spreadsheet's row number; trailing empty cells may be missing."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """A table. `rows` can be iterated once; `left_out` names further sheets, which are not read."""

    kind: str
    rows: Iterator[SheetRow]
    left_out: list[str]


class TableLimits(NamedTuple):
    """Limits of a table. `rows` does not count the headings; cells longer than `cell` are truncated."""

    rows: int = 100_000
    columns: int = 100
    cell: int = 2_000
    characters: int = 50_000_000
    unpacked: int = 250_000_000
    entries: int = 500


def replace_unstorable(text: str) -> str:
    """Replace characters that cannot be stored by U+FFFD."""
    return UNSTORABLE.sub("\ufffd", text)
