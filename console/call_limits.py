"""How long a thread may wait for other hosts, and how much of a pool one school may use for it.

Pages call other hosts in the threads that `console.http.admission` keeps for them alone, and for WEB_CALLS_S
seconds in all. Workers call them in tasks of the queue `messages` (`console/schedule.py`).
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

#: Seconds for which one page waits for other hosts: lookups of names, connections and answers together.
WEB_CALLS_S = 3.0
#: Calls of one school at a time, of each kind of work and process.
SLOTS_OF_SCHOOL = 2
_thread = threading.local()
T = TypeVar("T")


class CallsNotAllowed(RuntimeError):
    """A page calls another host, but its address is missing in CALLING_PATHS of `console.http.admission`."""


@contextmanager
def limit_calls(seconds: float) -> Iterator[None]:
    """Let all calls of this thread in this context take `seconds` together; 0 allows none."""
    outer = getattr(_thread, "due", None)
    due = time.monotonic() + seconds if seconds else 0.0
    _thread.due = due if outer is None else min(due, outer)
    try:
        yield
    finally:
        _thread.due = outer


def seconds_left(most: float) -> float:
    """Return how many of `most` seconds the next call may take; 0 if the time is over."""
    due: float | None = getattr(_thread, "due", None)
    if due is None:
        return most
    if not due:
        raise CallsNotAllowed
    return max(0.0, min(most, due - time.monotonic()))


class Slots:
    """The calls of a kind of work that run in this process, by school."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[int] = Counter()

    @contextmanager
    def take(self, claim: Callable[[list[int]], tuple[T, int] | None]) -> Iterator[T | None]:
        """Yield what `claim` finds, or None. It is given the schools without a free slot, and returns a row
        and its school.
        """
        with self._lock:  # two threads that claim at once would both count the slot as free
            found = claim([school for school, number in self._running.items() if number >= SLOTS_OF_SCHOOL])
            if found:
                self._running[found[1]] += 1
        if found is None:
            yield None
            return
        try:
            yield found[0]
        finally:
            with self._lock:
                self._running[found[1]] -= 1
                self._running += Counter()  # removes counts of zero


def at_most(number: int) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Run a task in at most so many threads of this process: a run beyond that ends at once.

    The rows are the queue, so those that run take what is due.
    """

    def decorator(task: Callable[..., Any]) -> Callable[..., None]:
        free = threading.BoundedSemaphore(number)

        @wraps(task)
        def run() -> None:
            if free.acquire(blocking=False):
                try:
                    task()
                finally:
                    free.release()

        return run

    return decorator
