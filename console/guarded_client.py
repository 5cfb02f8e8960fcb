"""Requests to addresses that come from outside: of recordings, of webhooks, and what else a school names.
The mail server of the operator's page is held to the same addresses.

Each address of the host must be public, or in a network that the operator lists (ALLOWED_PRIVATE_NETWORKS).
The connection is made to the address that was checked, whatever the name leads to by then. Redirects are not
followed. A response has a largest size, and all of it, from the lookup of the name on, a largest duration.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Thread, Timer
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings

from console.call_limits import limit_calls, seconds_left

#: Longest lookup of a name, longest wait for a connection, and longest exchange in all.
LOOKUP_S, CONNECT_S = 5, 10
MAX_DURATION_S = 120
#: Networks that embed IPv4 addresses, and reserved ones that some versions of Python call public.
REFUSED_NETWORKS = [
    ipaddress.ip_network(net)
    for net in (
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
        *("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "3fff::/20"),
    )
]
#: Characters of a path or query that stay as they are; all others are sent percent-encoded.
URL_CHARACTERS = "/%:@!$&'()*+,;=~-._?"
READ_BYTES = 1 << 16

Resolve = Callable[..., Any]


class AddressRefused(Exception):
    """The URL must not be requested. The argument is the reason: host, nowhere or private."""


class HostUnreachable(Exception):
    """The host did not respond, or not as expected. `connected`: the request may have arrived."""

    def __init__(self, reason: str, *, connected: bool = True) -> None:
        super().__init__(reason)
        self.connected = connected


class Target(NamedTuple):
    """A checked address to connect to, and the path to request."""

    secure: bool
    host: str
    port: int
    address: str
    path: str


class Response(NamedTuple):
    """A response. `content` has at most as many bytes as were asked for."""

    status: int
    headers: Message
    content: bytes


def resolve_target(url: str, *, private: bool = False, resolve: Resolve = socket.getaddrinfo) -> Target:
    """Resolve the host of a URL once. Raise AddressRefused for a host that must not be connected to.

    `private` allows every address of this host.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused("host") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise AddressRefused("host")
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    address = resolve_host(host, port, private=private, resolve=resolve)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return Target(secure, host, port, address, quote(path, safe=URL_CHARACTERS))


def resolve_host(
    host: str, port: int, *, private: bool = False, resolve: Resolve = socket.getaddrinfo
) -> str:
    """Resolve a host once and return an address of it. AddressRefused unless all may be connected to."""
    found = _look_up(host, port, resolve)
    if not found:
        raise AddressRefused("nowhere")
    if not (private or all(map(is_allowed_address, found))):
        raise AddressRefused("private")
    return found[0]


def _look_up(host: str, port: int, resolve: Resolve) -> list[str]:
    """Return the addresses of a host; none if there are none within LOOKUP_S.

    A lookup takes as long as the name server of the host likes, and cannot be ended: the thread that made it
    is left alone.
    """
    found: list[str] = []

    def ask() -> None:
        with suppress(OSError, ValueError):
            found.extend([str(line[4][0]) for line in resolve(host, port, type=socket.SOCK_STREAM)])

    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds_left(LOOKUP_S))
    return [] if thread.is_alive() else found


def fetch(
    url: str, method: str = "GET", *, max_duration_s: float = MAX_DURATION_S, **request: Any
) -> Response:
    """Resolve the host of a URL and send a request. Raise AddressRefused or HostUnreachable."""
    with limit_calls(max_duration_s):
        return send_request(resolve_target(url), method, **request)


def is_allowed_address(address: str) -> bool:
    """Return whether an IP address is public, or in a network that the operator lists."""
    if is_public_address(address):
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(one) for one in settings.ALLOWED_PRIVATE_NETWORKS)


def is_network(text: str) -> bool:
    """Return whether a text names a network or an address, such as 10.20.0.0/16."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def is_public_address(address: str) -> bool:
    """Return whether an IP address is public: not private, loopback, special or embedding another."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if getattr(ip, "ipv4_mapped", None) or any(ip in net for net in REFUSED_NETWORKS):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def send_request(
    target: Target,
    method: str = "GET",
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = 0,
    max_duration_s: float = MAX_DURATION_S,
) -> Response:
    """Send a request and read up to `max_bytes` of the response. Raise HostUnreachable without one.

    It takes `max_duration_s` at most, from the connection to the last byte.
    """
    due = time.monotonic() + seconds_left(max_duration_s)
    try:
        raw_socket = connect(target.address, target.port, due)
    except OSError as error:
        raise HostUnreachable(type(error).__name__, connected=False) from None
    with raw_socket, time_limit(raw_socket, due - time.monotonic()) as expired:
        try:
            connection = (HTTPSConnection if target.secure else HTTPConnection)(target.host, target.port)
            with closing(connection):
                connection.sock = raw_socket
                if target.secure:
                    context = ssl.create_default_context()
                    connection.sock = context.wrap_socket(raw_socket, server_hostname=target.host)
                connection.request(method, target.path, body, dict(headers or {}))
                with connection.getresponse() as response:
                    content = _read_content(response, max_bytes)
        except (OSError, HTTPException, ValueError) as error:
            # The end of the connection shows in many ways; the reason is the time.
            raise HostUnreachable("TimeoutError" if expired.is_set() else type(error).__name__) from None
        if expired.is_set():  # an end of the connection may look like the end of the response
            raise HostUnreachable("TimeoutError")
        return Response(response.status, response.headers, content)


def connect(address: str, port: int, due: float) -> socket.socket:
    """Return a connection whose waits for bytes have no limit of their own. OSError without one.

    `due` is the time of `time.monotonic` at which it ends.
    """
    wait_s = min(CONNECT_S, due - time.monotonic())
    if wait_s <= 0:
        raise TimeoutError
    connection = socket.create_connection((address, port), wait_s)
    connection.settimeout(None)
    return connection


def _read_content(response: HTTPResponse, max_bytes: int) -> bytes:
    """Read up to `max_bytes`, a piece at a time: `read` believes any size that a chunk claims to have."""
    content = b""
    while len(content) < max_bytes and (piece := response.read1(min(READ_BYTES, max_bytes - len(content)))):
        content += piece
    return content[:max_bytes]


@contextmanager
def time_limit(raw_socket: socket.socket, seconds: float) -> Iterator[Event]:
    """End the connection after so many seconds: timeouts of a socket start anew with each byte."""
    expired = Event()
    # A copy, because the encrypted socket takes over the number of the raw one.
    with raw_socket.dup() as copy:
        timer = Timer(seconds, _end_connection, [copy, expired])
        timer.daemon = True
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()
            timer.join()


def _end_connection(connection: socket.socket, expired: Event) -> None:
    expired.set()
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended already
        return
