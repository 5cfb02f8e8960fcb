"""Requests to addresses from outside: only where they may lead, to the checked address, with limits."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from console.call_limits import limit_calls
from console.guarded_client import (
    AddressRefused,
    HostUnreachable,
    Target,
    connect,
    fetch,
    is_public_address,
    resolve_target,
    send_request,
)

PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
    *("192.88.99.1", "fec0::1", "3fff::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "::7f00:1"),
]


#: Bodies in chunks, by path: proper ones, and some that claim an impossible size.
CHUNKS = {
    "/chunks": b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    "/endless": b"-1\r\n" + b"x" * 3_000_000,
    "/negative": b"-5\r\nabc\r\n",
    "/garbled": b"zz\r\nabc\r\n",
}


class Host(BaseHTTPRequestHandler):
    """Answers as its path says."""

    server: Any

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/slow":
            self._drip()
            return
        if self.path == "/slow-body":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self._drip(b"")
            return
        if self.path == "/silent":
            self.server.over.wait(30)
            return
        if self.path in CHUNKS:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.wfile.write(CHUNKS[self.path])
            self.close_connection = True
            return
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"x" * 1000)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])

    def _drip(self, beginning: bytes = b"HTTP/1.1 200 OK\r\nX-Slow: ") -> None:
        """Send a byte now and then, so that no wait for the next byte is long."""
        self.wfile.write(beginning)
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                self.server.cut.set()
                return

    def log_message(self, *words: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, address: Any) -> None:
        pass


@pytest.fixture
def host(settings: Any) -> Iterator[Any]:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.1"]
    server: Any = Server(("127.0.0.1", 0), Host)
    server.asked, server.over, server.cut = [], threading.Event(), threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


def url(host: Any, path: str) -> str:
    return f"http://127.0.0.1:{host.server_port}{path}"


def leading_to(*answers: list[str]) -> Callable[..., Any]:
    """Return a name service that gives these answers one after the other."""
    left = list(answers)

    def resolve(_host: str, port: int, **_more: Any) -> list[Any]:
        found = left.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    return resolve


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public_address(address)
    for answer in ([address], ["8.8.8.8", address]):
        with pytest.raises(AddressRefused, match="private"):
            resolve_target("https://school.example/", resolve=leading_to(answer))


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1"])
def test_a_name_that_leads_to_public_addresses_is_taken(address: str) -> None:
    target = resolve_target("https://school.example:8443/a?b=1", resolve=leading_to([address]))
    assert target == Target(True, "school.example", 8443, address, "/a?b=1")


@pytest.mark.parametrize(
    "bad",
    [
        *("", "school.example", "//school.example/", "ftp://school.example/", "file:///etc/passwd"),
        *("https://", "https:///a", "https://user:pw@school.example/", "https://school.example:99999/"),
        *("https://[::1/", "javascript:alert(1)"),
    ],
)
def test_what_is_no_address_of_a_web_server_is_refused(bad: str) -> None:
    with pytest.raises(AddressRefused, match="host"):
        resolve_target(bad, resolve=leading_to(["8.8.8.8"]))


def test_a_name_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(AddressRefused, match="nowhere"):
        resolve_target("https://school.invalid/")


def test_the_operator_lists_networks_that_are_not_public(settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["10.20.0.0/16"]
    assert resolve_target("http://sis.example/", resolve=leading_to(["10.20.3.4"])).address == "10.20.3.4"
    with pytest.raises(AddressRefused, match="private"):
        resolve_target("http://sis.example/", resolve=leading_to(["10.21.3.4"]))


def test_the_connection_goes_to_the_checked_address_whatever_the_name_leads_to_by_then(host: Any) -> None:
    service = leading_to(["127.0.0.1"], ["127.0.0.9"])
    target = resolve_target(f"http://school.example:{host.server_port}/a", resolve=service)
    assert send_request(target, max_bytes=3).content == b"xxx"
    assert host.asked == ["/a"]
    with pytest.raises(AddressRefused):  # and the next request looks anew
        resolve_target(f"http://school.example:{host.server_port}/a", resolve=service)


def test_a_redirect_is_not_followed(host: Any) -> None:
    response = send_request(resolve_target(url(host, "/moved")))
    assert (response.status, response.headers["Location"], host.asked) == (302, "/elsewhere", ["/moved"])


def test_a_response_is_read_up_to_its_limit(host: Any) -> None:
    target = resolve_target(url(host, "/"))
    assert len(send_request(target, max_bytes=999).content) == 999
    assert len(send_request(target, max_bytes=5000).content) == 1000
    assert send_request(target).content == b""


def test_a_response_in_chunks_is_read_up_to_its_limit(host: Any) -> None:
    target = resolve_target(url(host, "/chunks"))
    assert send_request(target, max_bytes=4).content == b"abcd"
    assert send_request(target, max_bytes=100).content == b"abcde"


@pytest.mark.parametrize("path", ["/endless", "/negative", "/garbled"])
def test_a_chunk_of_an_impossible_size_neither_fills_the_memory_nor_is_a_fault(host: Any, path: str) -> None:
    target = resolve_target(url(host, path))
    tracemalloc.start()
    try:
        assert len(send_request(target, max_bytes=10).content) <= 10
    except HostUnreachable:
        pass
    finally:
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_path_in_chinese_is_sent_encoded(host: Any) -> None:
    send_request(resolve_target(url(host, "/课.mp4?名=课%20a")))
    assert host.asked == ["/%E8%AF%BE.mp4?%E5%90%8D=%E8%AF%BE%20a"]


@pytest.mark.parametrize("name", ["a b", "a\x00b", "-"])
def test_a_host_that_no_name_service_takes_is_refused(name: str) -> None:
    with pytest.raises(AddressRefused):
        resolve_target(f"https://{name}/")


def test_a_body_is_sent(host: Any) -> None:
    response = send_request(resolve_target(url(host, "/")), "POST", body=b"abc", max_bytes=10)
    assert response.content == b"cba"


@pytest.mark.parametrize("path", ["/slow", "/slow-body", "/silent"])
def test_a_host_that_keeps_the_connection_open_is_cut_off(host: Any, path: str) -> None:
    before = time.monotonic()
    with pytest.raises(HostUnreachable) as error:
        send_request(resolve_target(url(host, path)), max_bytes=1000, max_duration_s=0.5)
    assert error.value.connected
    assert time.monotonic() - before < 8, "the wait for the next byte alone would be 10 seconds"
    if path != "/silent":
        assert host.cut.wait(10)


def test_a_refused_connection_is_told_from_one_that_may_have_carried_the_request(settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.1"]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        target = resolve_target(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        with pytest.raises(HostUnreachable) as error:
            send_request(target)
    assert not error.value.connected


def test_the_wait_for_a_connection_is_part_of_the_longest_duration(settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.1"]
    with socket.socket() as busy, ExitStack() as waiting:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for _number in range(8):  # more than its queue takes, so that it lets others wait
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(busy.getsockname())
        target = resolve_target(f"http://127.0.0.1:{busy.getsockname()[1]}/")
        before = time.monotonic()
        with pytest.raises(HostUnreachable) as error:
            send_request(target, max_duration_s=0.5)
    assert not error.value.connected
    assert time.monotonic() - before < 8, "the wait for a connection alone would be 10 seconds"


def test_a_name_server_that_stays_silent_is_part_of_the_longest_duration() -> None:
    over = threading.Event()

    def resolve(*_args: Any, **_more: Any) -> list[Any]:
        over.wait(30)
        return []

    before = time.monotonic()
    with limit_calls(0.2), pytest.raises(AddressRefused, match="nowhere"):
        resolve_target("https://school.example/", resolve=resolve)
    assert time.monotonic() - before < 4, "the wait for the name alone would be 5 seconds"
    over.set()


def test_an_answer_may_come_as_late_as_the_longest_duration(host: Any) -> None:
    with connect("127.0.0.1", host.server_port, time.monotonic() + 60) as connection:
        assert connection.gettimeout() is None, (
            "the time for a connection does not end the wait for an answer"
        )


def test_requests_of_a_page_share_its_time(host: Any) -> None:
    before = time.monotonic()
    with limit_calls(0.5):
        for _number in range(3):
            with pytest.raises((HostUnreachable, AddressRefused)):
                fetch(url(host, "/slow"))
    assert time.monotonic() - before < 4
