"""A program that receives webhooks: a real HTTP server, which keeps what came and answers as a test wants.

It checks signatures by the text of Standard Webhooks 1.0 alone, with nothing of the console.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Seconds by which the time of a message may differ from the receiver's.
TOLERANCE_S = 300


@dataclass
class Message:
    """One request, and the status that it was answered with (0: the connection was cut)."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)
    status: int = 0

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """How to answer: after so many seconds, with a status (0: not at all), headers and a text."""

    status: int = 204
    text: str = ""
    after_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


class Receiver:
    """The server and its log. `choose` makes the reply to a message."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.choose: Callable[[Message], Reply] = lambda message: Reply()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/events"

    @property
    def accepted(self) -> list[Message]:
        return [one for one in self.messages if 200 <= one.status < 300]

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.receiver = self
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Die: connections are refused until the next start."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: senders are killed on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # its sender died before it had sent the whole
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        message = Message(self.path, headers, body)
        reply = self.server.receiver.choose(message)
        message.status = reply.status
        self.server.receiver.messages.append(message)
        time.sleep(reply.after_s)
        if not reply.status:
            self.close_connection = True
            return
        text = reply.text.encode()
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def is_signed(message: Message, secrets: Iterable[str]) -> bool:
    """Whether one of the signatures is that of one of the secrets, and the time is near."""
    second = message.headers["webhook-timestamp"]
    signed = b".".join((message.id.encode(), second.encode(), message.body))
    expected = {
        base64.b64encode(
            hmac.digest(base64.b64decode(secret.split("_", 1)[1]), signed, hashlib.sha256)
        ).decode()
        for secret in secrets
    }
    found = {value.split(",", 1)[1] for value in message.headers["webhook-signature"].split(" ")}
    return bool(found & expected) and abs(message.at - int(second)) < TOLERANCE_S
