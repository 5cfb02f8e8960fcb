"""A small threaded HTTP/1.1 server for the WSGI application.

A thread a connection with keep-alive, TCP_NODELAY (a header and a body in two packets would wait 40 ms for
each other), and a `Wire` in the environment through which a fault may cut or drop the connection.
"""

import io
import socket
import socketserver
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote_to_bytes

from django.db import connections

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
BODY_LIMIT = 1_048_576
DRAIN_LIMIT = 16 * BODY_LIMIT
RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close sends RST


@dataclass
class ConnectionFault:
    """Requested fault of the connection: `drop` (no response), `cut` (half a body)."""

    drop: bool = False
    cut: bool = False


class Handler(BaseHTTPRequestHandler):
    """Handler of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536
    timeout = 75
    server: "Server"

    def setup(self) -> None:
        super().setup()
        self.server.alive.add(self.connection)

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def finish(self) -> None:
        self.server.alive.discard(self.connection)
        connections.close_all()
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def answer(self) -> None:
        """Run the application for the current request."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self.send_error(411)
            return
        length = self._length()
        too_long = length > BODY_LIMIT
        body = self.rfile.read(min(length, DRAIN_LIMIT))
        if too_long:
            # Read and discard: with unread bytes the close is a reset, and the response is lost.
            body, self.close_connection = b"", True
        wire = ConnectionFault()
        environ = self._environ(body, length, wire)
        head: list[Any] = []
        parts = self.server.application(environ, lambda *given: head.extend(given))
        try:
            payload = b"".join(parts)
        finally:
            if callable(close := getattr(parts, "close", None)):
                close()
        self._send(head[0], head[1], payload, wire)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def _length(self) -> int:
        declared = self.headers.get("Content-Length", "0")
        return int(declared) if declared.isascii() and declared.isdigit() else 0

    def _environ(self, body: bytes, length: int, wire: ConnectionFault) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "sandbox.wire": wire,
        }
        for name, value in self.headers.items():
            environ.setdefault("HTTP_" + name.upper().replace("-", "_"), value)
        return environ

    def _send(
        self, status: str, headers: list[tuple[str, str]], payload: bytes, wire: ConnectionFault
    ) -> None:
        if wire.drop:
            self._reset()
            return
        code, _, reason = status.partition(" ")
        self.send_response_only(int(code), reason)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload[: len(payload) // 2] if wire.cut else payload)
        self.wfile.flush()
        if wire.cut:
            self.close_connection = True

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: every query string is a secret."""


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Server that listens until `stop`."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, host: str, port: int, application: Application) -> None:
        self.application = application
        self.alive: set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that disconnected; log only the type of any other error."""
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, OSError):
            sys.stderr.write(f"sandbox: {kind.__name__} while answering\n")

    def stop(self) -> None:
        """Accept no more requests and close open connections."""
        self.shutdown()
        self.server_close()
        for connection in list(self.alive):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
