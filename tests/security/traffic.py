"""What passes on the wires while a school works: calls to iclass and their answers, and all of the broker."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import requests

from console.celery import app

#: Names under which something goes over the wire that must lie nowhere.
SECRET_NAMES = {
    *("admin_sig", "record_user_sig", "user_sig", "user_token", "token"),
    *("private_key", "secret_key", "tic_key"),
}


class TrafficRecorder:
    """Hands every call on to the service and keeps the secrets that it carried."""

    def __init__(self, target: str) -> None:
        self.target, self.url = target, ""
        self.secrets: dict[str, set[str]] = {}

    def note(self, name: str, value: Any) -> None:
        if isinstance(value, str) and len(value) > 8:
            self.secrets.setdefault(name, set()).add(value)

    def read(self, value: Any) -> None:
        """Every secret in a body, however deep."""
        for name, inner in value.items() if isinstance(value, dict) else ():
            if name in SECRET_NAMES:
                self.note(name, inner)
            self.read(inner)
        for inner in value if isinstance(value, list) else ():
            self.read(inner)


class _RecordingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wire: ClassVar[TrafficRecorder]

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = requests.post(f"{self.wire.target}{self.path}", data=asked, timeout=20)
        self.wire.note("sign", parse_qs(urlsplit(self.path).query).get("sign", [""])[0])
        for body in (asked, answer.content):
            if body:
                self.wire.read(json.loads(body))
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def recorded_service(target: str) -> Iterator[TrafficRecorder]:
    """The service behind an address of its own."""
    wire = TrafficRecorder(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Tap", (_RecordingHandler,), {"wire": wire}))
    server.daemon_threads = True
    wire.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def broker_traffic() -> Iterator[list[bytes]]:
    """Every command that the broker gets meanwhile, its own MONITOR being the witness."""
    heard: list[bytes] = []
    over = threading.Event()
    with app.connection_for_read() as line, line.default_channel.client.monitor() as monitor:
        monitor.connection._sock.settimeout(0.2)

        def listen() -> None:
            while not over.is_set():
                try:
                    heard.append(monitor.connection._sock.recv(1 << 16))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            time.sleep(0.3)
            over.set()
            thread.join()
