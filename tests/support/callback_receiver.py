"""A callback address on loopback: keeps what it is sent and answers as a test scripted it."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Delivery:
    """One delivery as it came."""

    at: float
    path: str
    query: list[tuple[str, str]]
    body: dict[str, Any]

    @property
    def event(self) -> str:
        return str(self.body["event"])

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.body["data"])

    @property
    def signed(self) -> dict[str, str]:
        return dict(self.query)


class CallbackReceiver:
    """Answers `{"error_code": 0}`, or what `script` holds first: `(status, text)` or None to hang up."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.script: deque[tuple[int, str] | None] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/callbacks"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, count: int, event: str | None = None, seconds: float = 60.0) -> list[Delivery]:
        """The deliveries (of an event) once there are `count`; an AssertionError if they stay away."""
        self.until(lambda: len(self.of(event)) >= count, seconds)
        found = self.of(event)
        assert len(found) >= count, [d.event for d in self.deliveries]
        return found

    def of(self, event: str | None) -> list[Delivery]:
        return [one for one in self.deliveries if event in (None, one.event)]

    @staticmethod
    def until(ready: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not ready() and time.monotonic() < end:
            time.sleep(0.02)


def _handler(receiver: CallbackReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            url = urlsplit(self.path)
            asked = Delivery(time.monotonic(), url.path, parse_qsl(url.query), json.loads(body))
            receiver.deliveries.append(asked)
            answer = receiver.script.popleft() if receiver.script else (200, '{"error_code": 0}')
            if answer is None:
                self.close_connection = True
                return
            status, text = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
