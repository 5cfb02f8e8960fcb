"""Fetching a whole list, page by page."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from console.iclass.types.base import Page, UnreadableItem

T = TypeVar("T")


@dataclass(slots=True)
class Walk(Generic[T]):
    """A fetched list: each item once, the unreadable ones apart.

    `total` is that of the last page. `complete` means that every item was fetched and that the list did not
    change its length meanwhile: only then does a missing item mean anything. `enough` means that the caller
    ended the walk early. `pages` counts the requests.
    """

    lines: list[T] = field(default_factory=list)
    odd: list[UnreadableItem] = field(default_factory=list)
    total: int | None = None
    complete: bool = False
    enough: bool = False
    pages: int = 0


def walk(
    fetch: Callable[[int, int], Page[T]],
    key: Callable[[T], Hashable],
    *,
    size: int = 100,
    cap: int = 100_000,
    enough: Callable[[Page[T]], bool] | None = None,
) -> Walk[T]:
    """Fetch all pages with `fetch(index, size)` until `finish`, a page with nothing new, or `cap` items.

    `index` is a row offset. A server that counts pages instead returns nothing at the second row offset; the
    walk then continues with page numbers. It also ends after a page for which `enough` is true. Errors of
    `fetch` propagate.
    """
    walker = _Walker(fetch, key, size, cap)
    walker.fetch_by_row(enough or (lambda page: False))
    if walker.should_fetch_by_page():
        walker.fetch_by_page()
    return walker.result()


class _Walker(Generic[T]):
    def __init__(
        self, fetch: Callable[[int, int], Page[T]], key: Callable[[T], Hashable], size: int, cap: int
    ) -> None:
        self.fetch, self.key, self.size, self.cap = fetch, key, size, cap
        self.seen: dict[Hashable, T] = {}
        self.odd: dict[str, UnreadableItem] = {}
        self.without_key: list[UnreadableItem] = []
        self.totals: list[int | None] = []
        self.first_page_full = False
        self.enough = False

    def fetch_by_row(self, enough: Callable[[Page[T]], bool]) -> None:
        """Fetch at row offsets 0, size, 2·size …"""
        index = 0
        while len(self.seen) < self.cap:
            page = self.fetch(index, self.size)
            fresh = self.take(page)
            self.enough = enough(page)
            if self.enough or page.finish or not fresh:
                return
            index += self.size

    def fetch_by_page(self) -> None:
        """Fetch the pages 1, 2 … that `fetch_by_row` skipped.

        Such a server may report `finish` wrongly, so only the items count. `fetch_by_row` may have fetched
        single pages of these, never two in a row: two pages with nothing new end the walk.
        """
        index, repeated = 1, 0
        while self.missing() and repeated < 2 and len(self.seen) < self.cap:
            repeated = 0 if self.take(self.fetch(index, self.size)) else repeated + 1
            index += 1

    def take(self, page: Page[T]) -> bool:
        """Keep the new items of a page; return True if there were any."""
        before = len(self.seen) + len(self.odd)
        if not self.totals:
            self.first_page_full = len(page.lines) + len(page.odd) >= self.size
        self.totals.append(page.total)
        for line in page.lines:
            key = self.key(line)
            self.seen.setdefault(key, line)
        for odd in page.odd:
            if odd.key:
                self.odd.setdefault(odd.key, odd)
            else:
                self.without_key.append(odd)
        return len(self.seen) + len(self.odd) > before

    def missing(self) -> bool:
        total = self.totals[-1]
        return total is None or len(self.seen) + len(self.odd) < total

    def should_fetch_by_page(self) -> bool:
        known = self.totals[-1] is not None and not self.enough
        return known and self.missing() and self.first_page_full and len(self.seen) < self.cap

    def result(self) -> Walk[T]:
        return Walk(
            lines=list(self.seen.values()),
            odd=[*self.odd.values(), *self.without_key],
            total=self.totals[-1],
            complete=not self.missing() and len(set(self.totals)) == 1,
            enough=self.enough,
            pages=len(self.totals),
        )
