"""The first rows of a list, where a page has no room for all of them: it says that there are more.

`partials/more_rows.html` draws the sentence below the rows.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet

T = TypeVar("T")
S = TypeVar("S")


class FirstRows(list[T]):
    """At most so many rows; `more` tells whether there are others."""

    def __init__(self, rows: Iterable[T] = (), more: bool = False) -> None:
        super().__init__(rows)
        self.more = more

    @property
    def number(self) -> str:
        """How many there are, as far as they were read: "30+" where there are more."""
        return f"{len(self)}{'+' if self.more else ''}"

    def map(self, function: Callable[[T], S]) -> "FirstRows[S]":
        return FirstRows(map(function, self), self.more)


def first_rows(rows: QuerySet[Any], most: int) -> FirstRows[Any]:
    """Return the first `most` rows. One more is read, and none is counted."""
    found = list(rows[: most + 1])
    return FirstRows(found[:most], len(found) > most)
