"""Counts of the evidence pack: how many minors, consents, accesses and requests a school had in a year.

Each app registers a source of counts for what it holds. `basis` names the passage of the law that a count
answers to, as engineering reading (docs/privacy.md), not as legal advice.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.sheets.columns import Column, ColumnType


class Count(NamedTuple):
    """A number with what it counts. `name` is its key for programs."""

    name: str
    label: str | Promise
    number: int
    basis: str


#: Return the counts of a school from one moment to another.
Source = Callable[[Any, datetime, datetime], Iterable[Count]]
_sources: list[Source] = []

COUNT_COLUMNS = (
    Column("name", _("key"), ColumnType.TEXT, 30),
    Column("label", _("what is counted"), ColumnType.TEXT, 60),
    Column("number", _("number"), ColumnType.NUMBER, 10),
    Column("basis", _("passage"), ColumnType.TEXT, 40),
)


def register_evidence_counts(source: Source) -> Source:
    """Register a source of counts."""
    _sources.append(source)
    return source


def count_rows(school: Any, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Yield the counts of all sources as rows of a file."""
    for source in _sources:
        for count in source(school, since, until):
            yield {**count._asdict(), "label": str(count.label)}
