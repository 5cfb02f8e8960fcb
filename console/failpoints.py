"""Places where a test may break this very process, and defences that a test may switch off.

A module declares its own: `MARKED = point("outbox.marked", "the mark is committed")` and calls
`MARKED.hit()` there, or `FENCE = defence("outbox.fence", "a stale worker cannot write")` and asks
`FENCE.up`. Unarmed, a hit is one look at an attribute.

They are armed by the environment of a process, `FAILPOINTS="outbox.marked=kill@3;inbox.stored=stall:2"` and
`UNDEFENDED="outbox.fence,inbox.spool"`, or inside a test's own process by `armed` and `undefended`. The
fault harness (`tests/faults`) does so; `manage.py check --deploy` refuses a server where either is set.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass


class Struck(Exception):
    """What an armed point raises whose action is `raise`."""


@dataclass
class Point:
    """A named place. `action` is empty or kill, stop, raise, stall:SECONDS, with @N for the Nth hit."""

    name: str
    means: str
    action: str = ""
    hits: int = 0

    def hit(self) -> None:
        """Nothing, unless armed: then the process is killed or stopped (SIGSTOP), waits, or fails here."""
        if self.action:
            self._strike()

    def _strike(self) -> None:
        action, _, nth = self.action.partition("@")
        self.hits += 1
        if nth and self.hits != int(nth):
            return
        what, _, much = action.partition(":")
        if what == "stall":
            time.sleep(float(much))
        elif what == "raise":
            raise Struck(self.name)
        else:
            os.kill(os.getpid(), {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}[what])


@dataclass
class Defence:
    """A named defence; `up` is true everywhere but in the sabotage control of a test."""

    name: str
    means: str
    up: bool = True


_points: dict[str, Point] = {}
_defences: dict[str, Defence] = {}


def _from_environment() -> tuple[dict[str, str], set[str]]:
    pairs = (entry.split("=", 1) for entry in os.environ.get("FAILPOINTS", "").split(";") if "=" in entry)
    down = {name.strip() for name in os.environ.get("UNDEFENDED", "").split(",")}
    return {name.strip(): action.strip() for name, action in pairs}, down - {""}


def is_armed() -> bool:
    """Whether the environment of this process asks for faults."""
    return any(_from_environment())


def point(name: str, means: str) -> Point:
    """Declare a place; `means` says in one line what has happened when it is reached."""
    return _points.setdefault(name, Point(name, means, _from_environment()[0].get(name, "")))


def defence(name: str, means: str) -> Defence:
    """Declare a defence; `means` says in one line what it keeps from happening."""
    return _defences.setdefault(name, Defence(name, means, name not in _from_environment()[1]))


def all_points() -> list[Point]:
    """Every point that the imported modules declare, by name."""
    return sorted(_points.values(), key=lambda one: one.name)


def all_defences() -> list[Defence]:
    """Every defence that the imported modules declare, by name."""
    return sorted(_defences.values(), key=lambda one: one.name)


@contextlib.contextmanager
def armed(name: str, action: str) -> Iterator[None]:
    """Arm a point of this process for a while; a name that nobody declared is a KeyError."""
    place = _points[name]
    place.action, place.hits = action, 0
    try:
        yield
    finally:
        place.action = ""


@contextlib.contextmanager
def undefended(*names: str) -> Iterator[None]:
    """Switch defences of this process off for a while; a name that nobody declared is a KeyError."""
    walls = [_defences[name] for name in names]
    for wall in walls:
        wall.up = False
    try:
        yield
    finally:
        for wall in walls:
            wall.up = True
