"""What the search finds: a source for each type of row, and pages and acts outside of the menu.

The package that has the rows registers a source at start. The search runs after each pause in typing, so a
source must answer within some 30 ms at 100,000 people.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise

#: Results shown of each type.
MAX_RESULTS = 6


class SearchResult(NamedTuple):
    """A row that was found; `detail` tells rows of one title apart."""

    title: str
    url: str
    detail: str = ""


#: `find(reader, words)` returns at most MAX_RESULTS rows that the reader may list; none without rights.
Find = Callable[[Any, Sequence[str]], Sequence[SearchResult]]


class SearchSource(NamedTuple):
    """`list_url` names the page that lists these rows and filters them by `?q=`."""

    order: int
    label: str | Promise
    icon: str
    find: Find
    list_url: str


class SearchablePage(NamedTuple):
    """A page that the menu does not name, the form of an act, or a section of a page (`anchor`).

    Shown to users who may do `action` on `resource` (console.policy), or, if empty, to everybody. `words` are
    further words by which it is found.
    """

    label: str | Promise
    url_name: str
    action: str = ""
    resource: str = ""
    detail: str | Promise = ""
    anchor: str = ""
    words: str | Promise = ""


_sources: dict[str, SearchSource] = {}
_pages: list[SearchablePage] = []


def register_search_source(
    name: str, find: Find, *, order: int, label: str | Promise, icon: str, list_url: str
) -> None:
    """Register a type of row. Types are shown in ascending `order`."""
    _sources[name] = SearchSource(order, label, icon, find, list_url)


def register_searchable_pages(*pages: SearchablePage) -> None:
    """Register pages that the menu does not name."""
    _pages.extend(pages)


def search_sources() -> dict[str, SearchSource]:
    """Return the registered sources by name, in the order of their types."""
    return dict(sorted(_sources.items(), key=lambda item: item[1].order))


def searchable_pages() -> list[SearchablePage]:
    """Return the registered pages."""
    return list(_pages)
