"""A tiny HTTP service on loopback that answers what a test told it to, and remembers what it was asked."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from console.iclass import Client

TIC_KEY = "DzXpbluRsmo1JkoFxzKMNg5ifrA4GRlU"
NOW = 1548247717
OK = {"error_code": 0, "error_msg": ""}

# An answer is a JSON object, the raw text of a body, or a function that does as it likes with the handler.
Script = dict[str, Any] | str | bytes | Callable[["Handler"], None]


@dataclass
class ReceivedRequest:
    """One request as it came: the endpoint without /paas/v1/, the query, the JSON body, the peer's port."""

    endpoint: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: dict[str, str]
    port: int


@dataclass
class StubService:
    url: str = ""
    seen: list[ReceivedRequest] = field(default_factory=list)
    script: deque[Script] = field(default_factory=deque)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, *answers: Script) -> None:
        self.script.extend(answers)

    @property
    def last(self) -> ReceivedRequest:
        return self.seen[-1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    service: StubService

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.service.seen.append(
            ReceivedRequest(
                endpoint=parts.path.removeprefix("/paas/v1/"),
                query=dict(parse_qsl(parts.query, strict_parsing=True)),
                body=json.loads(body),
                headers=dict(self.headers),
                port=self.client_address[1],
            )
        )
        answer = self.service.script.popleft() if self.service.script else OK
        if callable(answer):
            answer(self)
        else:
            self.reply(answer)

    def reply(self, answer: dict[str, Any] | str | bytes, status: int = 200, **headers: str) -> None:
        text = json.dumps(answer) if isinstance(answer, dict) else answer
        content = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of these tests."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def service() -> Iterator[StubService]:
    service = StubService()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"service": service}))
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    service.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(service: StubService) -> Client:
    return Client(service.url, 1400127140, TIC_KEY, clock=lambda: NOW, timeout=5)
