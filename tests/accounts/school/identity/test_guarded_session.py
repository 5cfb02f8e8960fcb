"""The session by which everything of a provider is fetched goes through the guarded client."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from requests import ConnectionError

from accounts.school.identity.guarded_session import MAX_BYTES, guarded_session


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that redirects, talks too much, or answers; and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = b"x" * (MAX_BYTES + 1) if self.path == "/long" else b'{"a": 1}'
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "/answer")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_that_the_operator_allows_answers(server: Any, settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    with guarded_session() as session:
        answer = session.get(f"{server[0]}/answer", params={"q": "1"})
    assert answer.json() == {"a": 1}
    assert server[1] == ["/answer?q=1"]


@pytest.mark.parametrize("path", ["/away", "/long"])
def test_no_redirect_is_followed_and_no_answer_is_endless(server: Any, settings: Any, path: str) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    with guarded_session() as session, pytest.raises(ConnectionError):
        session.get(server[0] + path)
    assert server[1] == [path]


def test_private_addresses_and_others_than_https_are_refused(server: Any, settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = []
    with guarded_session() as session:
        for url in (f"{server[0]}/answer", "http://169.254.169.254/", "https://[::1]/"):
            with pytest.raises(ConnectionError, match="private"):
                session.get(url)
        with pytest.raises(ConnectionError, match="https"):
            session.get("http://93.184.215.14/")
    assert server[1] == []
