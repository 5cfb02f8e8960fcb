"""How the time of a call grows with the size of its input, in CPU time: other processes do not count."""

import time
from collections.abc import Callable

#: Ten times the size may take so many times as long; a quadratic call takes a hundred times.
MAX_GROWTH = 12
#: One measurement repeats the call until it has lasted so long, for the clock is coarse.
MEASURED_S = 0.002
#: A busy machine disturbs a measurement: of one linear call half are over 12, and where more programs than
#: processors were busy all of sixty once were. None comes near the factor that separates n from n².
TRIES = 240
#: A try that is so far off in a measurement of seconds is no disturbance: the rest would take minutes.
HOPELESS_TIMES, HOPELESS_S = 50, 1


def cpu_seconds(call: Callable[[], object]) -> float:
    """CPU seconds of one call, averaged over as many as fill a measurement."""
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < MEASURED_S:
        call()
        count += 1
    return spent / count


def time_growth(make: Callable[[int], Callable[[], object]], size: int) -> float:
    """The time of the call that `make(10 * size)` gives, divided by that of `make(size)`.

    The least of some tries is returned, or the first that is low enough.
    """
    small, large = make(size), make(10 * size)
    least = float("inf")
    for _try in range(TRIES):
        before = cpu_seconds(small)
        took = cpu_seconds(large)
        least = min(least, took / before)
        if least <= MAX_GROWTH or (least > HOPELESS_TIMES and took > HOPELESS_S):
            break
    return least
