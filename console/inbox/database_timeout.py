"""A client-side time limit for the database while a callback is received.

The sender of a callback waits for the answer and gives up silently. A server that is down refuses at once,
but one that hangs (disk full, locks, swapping) does not answer for minutes, and its own timeouts do not work
then. A thread on this side therefore shuts the connection's socket down, and the waiting statement raises the
error of a lost connection.
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

#: Seconds after a timeout during which the database is not used: each request would wait as long again.
BACKOFF_S = 5.0
_backoff_until = 0.0


def is_unresponsive() -> bool:
    """Return whether the database timed out in this process within the last `BACKOFF_S` seconds."""
    return time.monotonic() < _backoff_until


def clear_backoff() -> None:
    """Use the database again at once."""
    global _backoff_until
    _backoff_until = 0.0


@contextlib.contextmanager
def limit_database_time() -> Iterator[None]:
    """Limit the statements in this context to `CALLBACK_DATABASE_TIMEOUT_S` seconds in total.

    After that the connection is cut, and the statement raises the error of a lost connection. The time for
    opening a connection is limited by `connect_timeout`.
    """
    watch = _ConnectionTimeout(connections[DEFAULT_DB_ALIAS])
    _timeout_thread(os.getpid()).set(settings.CALLBACK_DATABASE_TIMEOUT_S, watch)
    try:
        yield
    finally:
        watch.finish()


class _ConnectionTimeout:
    """The time limit of one connection; it cuts the connection unless it is finished before."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection, self._lock, self._finished = connection, threading.Lock(), False

    @property
    def is_finished(self) -> bool:
        return self._finished

    def finish(self) -> None:
        with self._lock:
            self._finished = True

    def cut_connection(self) -> None:
        """Shut the socket down in the timeout thread. The lock protects later uses of the connection."""
        global _backoff_until
        with self._lock:
            if self._finished:
                return
            _backoff_until = time.monotonic() + BACKOFF_S
            raw = self._connection.connection
            if raw is None or raw.closed:
                return
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(raw.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)


class _TimeoutThread:
    """One thread that cuts connections whose time limit has passed.

    A timer per statement would cost more than many statements do. All limits are equally long, so the thread
    is not woken for each one: it sleeps until the earliest limit that it knows, then looks for the next.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int, _ConnectionTimeout]] = []
        self._next_wake = inf
        self._changed, self._numbers = threading.Condition(), itertools.count()
        threading.Thread(target=self._run, name="callback patience", daemon=True).start()

    def set(self, seconds: float, watch: _ConnectionTimeout) -> None:
        with self._changed:
            while self._due and self._due[0][2].is_finished:
                heapq.heappop(self._due)
            entry = (time.monotonic() + seconds, next(self._numbers), watch)
            heapq.heappush(self._due, entry)
            if entry[0] < self._next_wake:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            self._next().cut_connection()

    def _next(self) -> _ConnectionTimeout:
        """Wait for the next limit that has passed and return it; a finished one does nothing."""
        with self._changed:
            while True:
                while self._due and self._due[0][2].is_finished:
                    heapq.heappop(self._due)
                self._next_wake = self._due[0][0] if self._due else inf
                if self._next_wake <= time.monotonic():
                    return heapq.heappop(self._due)[2]
                self._changed.wait(self._next_wake - time.monotonic() if self._due else None)


@functools.cache
def _timeout_thread(process: int) -> _TimeoutThread:
    """Return the thread of this process: threads do not survive a fork."""
    return _TimeoutThread()
