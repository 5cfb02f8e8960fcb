"""A way to the service with bad weather on it: a proxy that fails, is busy or stalls by lot.

    with Weather(iclass.url, dice("storm"), stall_s=20.0) as sky:
        settings.ICLASS_BASE_URL = sky.url
        sky.storm = True       # of a hundred calls 50 fail with 5xx, 20 are told 429, 10 stall
        sky.calls              # [(seconds, SDKAppID, in the storm?)], each call that arrived

Half of the calls that fail or stall take effect all the same, as behind a real gateway.
"""

import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import requests

FAILS, BUSY, STALLS = 0.5, 0.2, 0.1
CODES = (500, 502, 503, 504)


class FaultProxy:
    """The proxy; fair until `storm` is set. A stalled call is held `stall_s` seconds, then ends with 504."""

    def __init__(self, target: str, chance: random.Random, *, stall_s: float) -> None:
        self.target, self.stall_s, self.storm = target, stall_s, False
        self.calls: list[tuple[float, int, bool]] = []
        self._chance, self._guard, self._mine = chance, threading.Lock(), threading.local()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def draw(self, path: str) -> tuple[str, bool]:
        """What becomes of one call, and whether it takes effect; notes it."""
        with self._guard:
            app = int(parse_qs(urlsplit(path).query)["sdkappid"][0])
            self.calls.append((time.monotonic(), app, self.storm))
            lot, applied = self._chance.random(), self._chance.random() < 0.5
        if not self.storm or lot >= FAILS + BUSY + STALLS:
            return "fair", True
        if lot < FAILS:
            return "fails", applied
        return ("busy", False) if lot < FAILS + BUSY else ("stalls", applied)

    def code(self) -> int:
        with self._guard:
            return self._chance.choice(CODES)

    def forward(self, path: str, body: bytes) -> tuple[int, bytes]:
        """The service's own answer."""
        if not hasattr(self._mine, "web"):
            self._mine.web = requests.Session()
            self._mine.web.trust_env = False
        answer = self._mine.web.post(self.target + path, data=body, timeout=60)
        return answer.status_code, answer.content

    def busiest(self, window_s: float) -> int:
        """The most calls of one school within any such window."""
        most = 0
        for app in {app for _, app, _ in self.calls}:
            times = sorted(at for at, whose, _ in self.calls if whose == app)
            first = 0
            for last, at in enumerate(times):
                while at - times[first] > window_s:
                    first += 1
                most = max(most, last - first + 1)
        return most


def _handler(sky: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            what, applied = sky.draw(self.path)
            told = sky.forward(self.path, body) if applied else (0, b"")
            if what == "fair":
                return self._tell(*told)
            if what == "busy":
                return self._tell(429, b"slow down")
            if what == "stalls":
                time.sleep(sky.stall_s)
            return self._tell(504 if what == "stalls" else sky.code(), b"<h1>Bad gateway</h1>")

        def _tell(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the caller gave up meanwhile

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
