"""Walking a whole list, page by page."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from console.failpoints import defence

from .shapes.base import OddLine, Page

DEDUPE = defence("mirror.dedupe", "a line that a shifting list shows twice counts once")
T = TypeVar("T")


@dataclass(slots=True)
class Walk(Generic[T]):
    """A walked list: each line once, the odd ones apart.

    `total` is what the last page told. `complete` says that every line was seen and that the list did not
    change its length meanwhile: only then does the absence of a line mean anything. `enough` says that the
    caller wanted no more. `pages` counts the calls.
    """

    lines: list[T] = field(default_factory=list)
    odd: list[OddLine] = field(default_factory=list)
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
    """Fetch all pages with `fetch(index, size)` until finish, a page with nothing new, or `cap` lines.

    `index` is a row offset. A server that counts pages instead answers the second row offset with nothing;
    the walk then goes on with page numbers. It also ends after a page of which `enough` is true. Errors of
    `fetch` pass through.
    """
    walker = _Walker(fetch, key, size, cap)
    walker.by_rows(enough or (lambda page: False))
    if walker.may_count_pages():
        walker.by_pages()
    return walker.result()


class _Walker(Generic[T]):
    def __init__(
        self, fetch: Callable[[int, int], Page[T]], key: Callable[[T], Hashable], size: int, cap: int
    ) -> None:
        self.fetch, self.key, self.size, self.cap = fetch, key, size, cap
        self.seen: dict[Hashable, T] = {}
        self.odd: dict[str, OddLine] = {}
        self.nameless: list[OddLine] = []
        self.totals: list[int | None] = []
        self.first_page_full = False
        self.enough = False

    def by_rows(self, enough: Callable[[Page[T]], bool]) -> None:
        """Fetch at 0, size, 2·size …"""
        index = 0
        while len(self.seen) < self.cap:
            page = self.fetch(index, self.size)
            fresh = self.take(page)
            self.enough = enough(page)
            if self.enough or page.finish or not fresh:
                return
            index += self.size

    def by_pages(self) -> None:
        """Fetch at 1, 2 … what `by_rows` skipped.

        Such a server may tell `finish` wrongly, so only the lines count. `by_rows` may have hit a page here
        and there, never two in a row: two pages with nothing new end it.
        """
        index, stale = 1, 0
        while self.missing() and stale < 2 and len(self.seen) < self.cap:
            stale = 0 if self.take(self.fetch(index, self.size)) else stale + 1
            index += 1

    def take(self, page: Page[T]) -> bool:
        """Keep what is new of a page; True if anything was."""
        before = len(self.seen) + len(self.odd)
        if not self.totals:
            self.first_page_full = len(page.lines) + len(page.odd) >= self.size
        self.totals.append(page.total)
        for place, line in enumerate(page.lines):
            key = self.key(line) if DEDUPE.up else (len(self.totals), place)
            self.seen.setdefault(key, line)
        for odd in page.odd:
            if odd.key:
                self.odd.setdefault(odd.key, odd)
            else:
                self.nameless.append(odd)
        return len(self.seen) + len(self.odd) > before

    def missing(self) -> bool:
        total = self.totals[-1]
        return total is None or len(self.seen) + len(self.odd) < total

    def may_count_pages(self) -> bool:
        known = self.totals[-1] is not None and not self.enough
        return known and self.missing() and self.first_page_full and len(self.seen) < self.cap

    def result(self) -> Walk[T]:
        return Walk(
            lines=list(self.seen.values()),
            odd=[*self.odd.values(), *self.nameless],
            total=self.totals[-1],
            complete=not self.missing() and len(set(self.totals)) == 1,
            enough=self.enough,
            pages=len(self.totals),
        )
