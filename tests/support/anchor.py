"""Work of a known size, whose time tells how slow the machine is: bars of time are relative to it in CI.

A bar asks for the machine alone. Beside other workers, or on a slower machine, the anchor takes longer too.
"""

import time
from collections.abc import Callable

from tests.support import environment

#: Milliseconds that the anchor takes at most on a machine that does nothing else.
ALONE_MS = 10


def anchor() -> None:
    """Work of the interpreter's: rows are made, sorted and added up."""
    rows = [(number * 7919 % 10_007, str(number)) for number in range(14_000)]
    seen: dict[int, int] = {}
    for second, name in sorted(rows):
        seen[second % 500] = seen.get(second % 500, 0) + len(name)


def spent_ms(act: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the milliseconds that `clock`, which tells seconds, counts for `act`."""
    began = clock()
    act()
    return (clock() - began) * 1000


def bar_beside(anchor_ms: float, bar_ms: float, times: float = 1) -> float:
    """Return the bar where the anchor took `anchor_ms`; a run alone, without other workers, has `bar_ms`.

    `times` is what the measured work suffers more than the anchor from other workers.
    """
    return bar_ms * times * max(1, anchor_ms / ALONE_MS) if environment.WORKER else bar_ms


def bar_now(bar: float) -> float:
    """Return the bar, in its own unit, for what was just measured: in CI by what the anchor takes now."""
    return bar_beside(sorted(spent_ms(anchor, time.perf_counter) for _round in range(5))[2], bar)
