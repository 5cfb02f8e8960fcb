"""Sockets that enforce one deadline for a whole call.

The timeouts of `requests` apply to each socket operation, so a peer that sends single bytes slowly can hold a
call forever. Here every read and write gets only the remaining time of the call. The sockets also record
whether any byte of the request was sent, which separates "not reached" from "unknown".
"""

import io
import socket
import threading
import time
from typing import Any

import urllib3.connection
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class _Call(threading.local):
    """The current call of this thread; a connection serves one thread only."""

    due = 0.0
    timeout = 0.0
    sent = False

    def begin(self, seconds: float) -> None:
        self.due, self.timeout = time.monotonic() + seconds, seconds
        self.sent = False

    def left(self) -> float:
        """Return the remaining seconds, always above zero; TimeoutError if there are none."""
        remaining = self.due - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline of the call has passed")
        return remaining


CALL = _Call()


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # The socket stays open as long as this file, even if the connection closes it first.
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
    """A connected socket whose reads and writes end at the deadline of the call."""

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


POOLS = {"http": _Pool, "https": _TLSPool}


class DeadlineAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections enforce the deadline in `CALL`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager
