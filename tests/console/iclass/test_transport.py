"""What a network can do to a call, and which decision each of it leaves."""

import gzip
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from console.iclass import (
    Busy,
    Client,
    Decision,
    IClassError,
    Invalid,
    NotReached,
    OutcomeUnknown,
    Unreadable,
)
from tests.console.iclass.conftest import NOW, OK, TIC_KEY, Handler, Script, StubService, free_port

Say = Callable[[socket.socket], None]


def failure(client: Client) -> IClassError:
    with pytest.raises(IClassError) as caught:
        client.classes.start(7)
    return caught.value


def hasty(url: str, timeout: float = 0.4) -> Client:
    return Client(url, 1, TIC_KEY, clock=lambda: NOW, timeout=timeout)


@pytest.fixture
def raw_server() -> Iterator[Callable[[Say], str]]:
    """A function that starts a listener which reads a request and then does as told with the socket."""
    listeners: list[socket.socket] = []

    def start(say: Say) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            try:
                with listener.accept()[0] as peer:
                    peer.recv(65536)
                    say(peer)
            except OSError:
                pass

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


def drip(text: bytes) -> Say:
    """A byte now and then, each in time for a read, until the caller hangs up."""

    def say(peer: socket.socket) -> None:
        for byte in itertools.cycle(text):
            peer.sendall(bytes([byte]))
            time.sleep(0.05)

    return say


def wait_for_the_end(peer: socket.socket) -> None:
    """Say nothing until the caller hangs up."""
    peer.recv(1)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_connection_certainly_did_not_arrive(scheme: str) -> None:
    error = failure(hasty(f"{scheme}://127.0.0.1:{free_port()}"))
    assert (type(error), error.decision, error.http_status) == (NotReached, Decision.SEND_AGAIN, None)


def test_a_name_that_nobody_has_certainly_did_not_arrive() -> None:
    assert isinstance(failure(hasty("http://nobody.invalid")), NotReached)


def test_a_failed_tls_handshake_certainly_did_not_arrive(service: StubService) -> None:
    error = failure(hasty(service.url.replace("http://", "https://")))
    assert isinstance(error, NotReached)
    assert service.seen == []


def test_a_stalled_tls_handshake_certainly_did_not_arrive(raw_server: Callable[[Say], str]) -> None:
    url = raw_server(wait_for_the_end)
    assert isinstance(failure(hasty(url.replace("http://", "https://"))), NotReached)


@pytest.mark.parametrize(
    "say",
    [
        wait_for_the_end,
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: yes\r\n"),
        lambda peer: drip(b" ")(peer) if peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n") is None else None,
        lambda peer: (
            drip(b"1\r\n \r\n")(peer)
            if peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") is None
            else None
        ),
    ],
    ids=["silent", "dripping head", "dripping body", "dripping chunks"],
)
def test_a_call_ends_by_its_deadline(raw_server: Callable[[Say], str], say: Say) -> None:
    """The other side would go on for ever."""
    error = failure(hasty(raw_server(say)))
    assert (type(error), error.decision) == (OutcomeUnknown, Decision.LOOK_FIRST)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"error_code":0}',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"error',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70000 + b"\r\n\r\n",
    ],
)
def test_a_cut_or_broken_answer_leaves_the_outcome_open(
    raw_server: Callable[[Say], str], answer: bytes
) -> None:
    url = raw_server(lambda peer: peer.sendall(answer))
    error = failure(hasty(url, timeout=3))
    assert error.decision is Decision.LOOK_FIRST
    assert isinstance(error, OutcomeUnknown | Unreadable)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", ["<html>bad gateway</html>", "", '{"error_code":10003}', '{"error_code":0}'])
def test_a_broken_server_leaves_the_outcome_open(
    client: Client, service: StubService, status: int, body: str
) -> None:
    service.answer(lambda handler: handler.reply(body, status))
    error = failure(client)
    assert (type(error), error.http_status) == (OutcomeUnknown, status)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>maintenance</html>",
        '{"error_code": 0, "error_msg": "",}',
        '{"error_code": 0',
        "[]",
        "null",
        '"ok"',
        "{}",
        '{"error_code": null}',
        '{"error_code": "none"}',
        '{"error_code": 0.5}',
        '{"error_code": []}',
        '{"error_code": NaN}',
        b'{"error_code": "\xff"}',
        b'{"error_code": 0, "error_msg": "\\ud800"}x',
        "[" * 100_000,
        '{"error_code":' * 100_000,
    ],
)
def test_an_answer_that_is_none_of_this_api_leaves_the_outcome_open(
    client: Client, service: StubService, body: Script
) -> None:
    service.answer(body)
    error = failure(client)
    assert (type(error), error.decision, error.http_status) == (Unreadable, Decision.LOOK_FIRST, 200)


def test_an_error_code_written_as_text_is_read(client: Client, service: StubService) -> None:
    service.answer('{"error_code": "0"}', '{"error_code": "10003"}')
    client.classes.start(7)
    assert isinstance(failure(client), Invalid)


@pytest.mark.parametrize("body", ["", "<html>slow down</html>", json.dumps(OK)])
@pytest.mark.parametrize(
    ("header", "seconds"), [({}, None), ({"Retry_After": "30"}, 30), ({"Retry_After": "soon"}, None)]
)
def test_too_many_requests_may_be_sent_again(
    client: Client, service: StubService, body: str, header: dict[str, str], seconds: int | None
) -> None:
    service.answer(lambda handler: handler.reply(body, 429, **header))
    error = failure(client)
    assert isinstance(error, Busy)
    assert (error.decision, error.retry_after, error.code) == (Decision.SEND_AGAIN, seconds, None)


def test_too_many_requests_is_certain_even_where_its_body_is_cut(raw_server: Callable[[Say], str]) -> None:
    head = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 99\r\n\r\nslow"
    assert isinstance(failure(hasty(raw_server(lambda peer: peer.sendall(head)))), Busy)


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_a_client_error_without_a_known_body_is_unreadable(
    client: Client, service: StubService, status: int
) -> None:
    service.answer(lambda handler: handler.reply("<html>", status), lambda handler: handler.reply(OK, status))
    for _ in range(2):
        error = failure(client)
        assert (type(error), error.http_status) == (Unreadable, status)


def test_a_client_error_with_an_error_code_is_that_refusal(client: Client, service: StubService) -> None:
    service.answer(lambda handler: handler.reply({"error_code": 10003}, 400))
    error = failure(client)
    assert (type(error), error.http_status) == (Invalid, 400)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(client: Client, service: StubService, status: int) -> None:
    elsewhere = f"{service.url}/elsewhere"
    service.answer(lambda handler: handler.reply(OK, status, Location=elsewhere))
    error = failure(client)
    assert (type(error), error.http_status) == (Unreadable, status)
    assert [seen.endpoint for seen in service.seen] == ["class/start"]


@pytest.mark.parametrize("status", [200, 302])
def test_a_huge_answer_is_left_unread(client: Client, service: StubService, status: int) -> None:
    sent: list[int] = []

    def flood(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Location", "http://127.0.0.1:1/")
        handler.send_header("Content-Length", str(10**10))
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" " * 1024 * 1024)
            sent.append(1)

    service.answer(flood)
    error = failure(client)
    assert (type(error), error.decision) == (Unreadable, Decision.LOOK_FIRST)
    assert "larger than" in str(error)
    assert len(sent) < 100


def test_a_small_answer_that_unpacks_to_a_huge_one_is_left(client: Client, service: StubService) -> None:
    bomb = gzip.compress(b" " * 64 * 1024 * 1024)
    service.answer(lambda handler: handler.reply(bomb, Content_Encoding="gzip"))
    assert isinstance(failure(client), Unreadable)


def test_a_packed_answer_is_unpacked(client: Client, service: StubService) -> None:
    packed = gzip.compress(json.dumps(OK | {"total": 3}).encode())
    service.answer(lambda handler: handler.reply(packed, Content_Encoding="gzip"))
    assert client.members.runtime_total(1) == 3
