"""Sockets that keep one deadline for a whole call.

The timeouts of `requests` hold for each operation on the socket, so a peer that sends a byte now and then
holds a call for ever. Here every read and write gets only the time that the call has left. The same place
knows whether a byte of the request has left at all, which is what tells "not reached" from "unknown".
"""

import io
import socket
import threading
import time
from typing import Any

import urllib3.connection
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from console.failpoints import defence

DEADLINE = defence("outbox.deadline", "a call ends at its deadline, however slowly it drips")


class _Call(threading.local):
    """The call that this thread is making; a connection serves one thread only."""

    due = 0.0
    whole = 0.0
    sent = False

    def begin(self, seconds: float) -> None:
        self.due, self.whole = time.monotonic() + seconds, seconds
        self.sent = False

    def left(self) -> float:
        """Seconds left, always more than zero; TimeoutError when there are none."""
        left = self.due - time.monotonic()
        if not DEADLINE.up:
            return self.whole
        if left <= 0:
            raise TimeoutError("the deadline of the call has passed")
        return left


CALL = _Call()


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # The socket stays open as long as this file does, even where the connection lets go of it first.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(CALL.left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Socket:
    """A connected socket whose reads and writes end with the call."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock))

    def sendall(self, data: Any, *flags: int) -> None:
        CALL.sent = True
        self._sock.settimeout(CALL.left())
        self._sock.sendall(data, *flags)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class _Connection(urllib3.connection.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _Socket(self.sock)


class _TLSConnection(urllib3.connection.HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _Socket(self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class DeadlineAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections obey `CALL`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
