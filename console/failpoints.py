"""Fail points: places where the fault harness interrupts a process.

A module declares its own, `MARKED = point("outbox.marked", "the mark is committed")`, and calls
`MARKED.hit()` at that place. A hit does nothing: only tests arm a fail point, inside their own processes
(`tests/faults/arming.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Point:
    """A fail point; `means` says in one line what has happened when it is reached."""

    name: str
    means: str
    on_hit: Callable[[], None] | None = None

    def hit(self) -> None:
        """Do nothing, unless a test has armed the point."""
        if self.on_hit is not None:
            self.on_hit()


_points: dict[str, Point] = {}


def point(name: str, means: str) -> Point:
    """Declare a fail point."""
    return _points.setdefault(name, Point(name, means))


def get_point(name: str) -> Point:
    """Return a declared fail point; KeyError for an unknown name."""
    return _points[name]


def all_points() -> list[Point]:
    """Return every fail point of the imported modules, by name."""
    return sorted(_points.values(), key=lambda item: item.name)
