"""A vendor that gives a recording in parts, on loopback."""

import random
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

CONTENT = random.Random(8).randbytes(300_000)
HOSTS = ["*.vod2.myqcloud.com", "media.example"]
#: What happens once while a part is fetched.
MEANWHILE: list[Callable[[], None]] = []


class Vendor(BaseHTTPRequestHandler):
    """Gives a file in parts; /gone is gone, /moved leads elsewhere, /drips gives a byte now and then."""

    server: Any

    def do_GET(self) -> None:
        if MEANWHILE:
            MEANWHILE.pop()()
        if self.path == "/drips.mp4":
            self._drip()
        elif self.path == "/gone.mp4":
            self.send_error(404)
        elif self.path == "/moved.mp4":
            self.send_response(302)
            self.send_header("Location", "/a.mp4")
            self.end_headers()
        else:
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            part = CONTENT[int(first) : int(last) + 1]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(CONTENT)}")
            self.send_header("Content-Length", str(len(part)))
            self.end_headers()
            self.wfile.write(part)

    def _drip(self) -> None:
        self.send_response(206)
        self.send_header("Content-Range", f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    def log_message(self, *args: Any) -> None:
        """Nothing of it is worth a line."""


@pytest.fixture
def vendor(settings: Any, tmp_path: Any) -> Iterator[str]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    server.over = threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings.RECORDING_HOSTS = [*HOSTS, address]
    settings.COPYING_DIR = tmp_path
    yield address
    MEANWHILE.clear()
    server.over.set()
    server.shutdown()
    server.server_close()
