"""Not waiting for a database that hangs: whoever calls back waits for our answer, and gives up in silence.

A server that is gone refuses at once. One that hangs (a full disk, a lock, a machine that swaps) says nothing
for minutes, and no setting of the server's own helps where the server itself stands still. So a watch on this
side hangs up: it closes the connection's socket, and whoever waits on it is told that the database is away.
"""

import contextlib
import functools
import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from math import inf

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: For so long after it hung nobody asks the database: each who did would wait as long again.
LEFT_ALONE_S = 5.0
_left_alone_until = 0.0


def hangs() -> bool:
    """Whether the database hung a moment ago in this process, so that nobody should wait for it now."""
    return time.monotonic() < _left_alone_until


def forget() -> None:
    """Ask the database again at once."""
    global _left_alone_until
    _left_alone_until = 0.0


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Statements of this thread's connection within get `CALLBACK_DATABASE_S` in all.

    Then the connection is cut, and the statement raises what it raises where the server went away. A
    connection that has to be opened first is limited by `connect_timeout`.
    """
    watch = _Watch(connections[DEFAULT_DB_ALIAS])
    _alarm(os.getpid()).set(settings.CALLBACK_DATABASE_S, watch)
    try:
        yield
    finally:
        watch.over()


class _Watch:
    """Cuts one connection, unless what it is used for has ended before."""

    def __init__(self, watched: BaseDatabaseWrapper) -> None:
        self._connection, self._lock, self._over = watched, threading.Lock(), False

    @property
    def is_over(self) -> bool:
        return self._over

    def over(self) -> None:
        with self._lock:
            self._over = True

    def hang_up(self) -> None:
        """Runs in the alarm's thread. Under the lock, so that no later use of the connection is cut."""
        global _left_alone_until
        with self._lock:
            if self._over:
                return
            _left_alone_until = time.monotonic() + LEFT_ALONE_S
            raw = self._connection.connection
            if raw is None or raw.closed:
                return
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(raw.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)


class _Alarm:
    """One thread that cuts what takes too long: a timer for each statement cost more than many of them do.

    It is not woken for each statement either, for all get the same time: it sleeps until the first of those
    that it knew of would be due, and then looks which is the first now.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int, _Watch]] = []
        self._wakes = inf
        self._changed, self._numbers = threading.Condition(), itertools.count()
        threading.Thread(target=self._run, name="callback patience", daemon=True).start()

    def set(self, seconds: float, watch: _Watch) -> None:
        with self._changed:
            while self._due and self._due[0][2].is_over:
                heapq.heappop(self._due)
            entry = (time.monotonic() + seconds, next(self._numbers), watch)
            heapq.heappush(self._due, entry)
            if entry[0] < self._wakes:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            self._next().hang_up()

    def _next(self) -> _Watch:
        """The next watch whose time is up; one that is over meanwhile does nothing."""
        with self._changed:
            while True:
                while self._due and self._due[0][2].is_over:
                    heapq.heappop(self._due)
                self._wakes = self._due[0][0] if self._due else inf
                if self._wakes <= time.monotonic():
                    return heapq.heappop(self._due)[2]
                self._changed.wait(self._wakes - time.monotonic() if self._due else None)


@functools.cache
def _alarm(process: int) -> _Alarm:
    """That of this process: a thread does not outlive a fork."""
    return _Alarm()
