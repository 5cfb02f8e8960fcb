"""Counts of what waits for a reader, shown beside the entries and tabs of the menu.

The package that has the rows registers a count at start. All counts of a page are one query, so each must be
answered by an index.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Value
from django.utils.functional import Promise

#: `rows(reader)` returns querysets of what waits for this reader, one for each model; none without rights.
WaitingRows = Callable[[Any], Sequence[QuerySet[Any]]]


class RegisteredCount(NamedTuple):
    """`text` is a lazy plural of "%(n)d", such as "%(n)d open alarms"."""

    rows: WaitingRows
    text: Promise


_menu_counts: dict[str, RegisteredCount] = {}


def register_menu_count(name: str, rows: WaitingRows, text: Promise) -> None:
    """Register the count that a tab of the menu names (console.navigation_tabs)."""
    _menu_counts[name] = RegisteredCount(rows, text)


def registered_names() -> set[str]:
    """Return the names of all registered counts."""
    return set(_menu_counts)


def count_waiting(reader: Any, names: Collection[str]) -> dict[str, int]:
    """Return how much waits for a reader, by the names of counts. Uses one query, or none."""
    parts = [(name, rows) for name in sorted(names) for rows in _menu_counts[name].rows(reader)]
    numbers = dict.fromkeys(names, 0)
    for (name, _rows), number in zip(parts, count_rows([rows for _name, rows in parts]), strict=True):
        numbers[name] += number
    return numbers


def count_rows(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the number of rows of each queryset, in their order. Uses one query, or none."""
    numbers = [0] * len(querysets)
    if not querysets:
        return numbers
    counted = [
        rows.order_by()
        .select_related(None)
        .annotate(part=Value(place))
        .values_list("part")
        .annotate(number=Count("pk"))
        for place, rows in enumerate(querysets)
    ]
    for place, number in counted[0].union(*counted[1:], all=True):
        numbers[place] = number
    return numbers


def count_text(name: str, number: int) -> str:
    """Return a count in words, for screen readers."""
    return str(_menu_counts[name].text % {"n": number})
