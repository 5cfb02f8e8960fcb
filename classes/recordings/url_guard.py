"""Guarded access to recording URLs, which come from outside: redirects for readers and our own requests.

The console makes no other requests to such URLs. Four defences: the host is on an allow-list of the
installation; every address of its name is public; the connection is pinned to the checked address; redirects
are not followed.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from classes.courseware.hosts import is_allowed_url

TIMEOUT_S = 10
#: Networks that embed IPv4 addresses.
EMBEDDING_NETWORKS = [
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]

Resolve = Callable[..., Any]


class AddressNotAllowed(Exception):
    """The URL must not be fetched. The argument is the reason: host, nowhere or private."""


class HostUnreachable(Exception):
    """The host did not respond, or not as expected."""


class FetchTarget(NamedTuple):
    """Address to connect to and path to request."""

    secure: bool
    host: str
    port: int
    address: str
    path: str


class FetchResponse(NamedTuple):
    """A response. `size` is that of the whole file or None; `parts` is true for a partial response."""

    status: int
    size: int | None
    parts: bool
    content: bytes


def resolve_target(url: str, hosts: Iterable[str], resolve: Resolve = socket.getaddrinfo) -> FetchTarget:
    """Resolve a URL. Raise AddressNotAllowed if its host is not on the list or not public."""
    target_url = upgrade_to_https(url, hosts := list(hosts))
    if not is_allowed_url(target_url, hosts):
        raise AddressNotAllowed("host")
    parts = urlsplit(target_url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        found = [line[4][0] for line in resolve(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise AddressNotAllowed("nowhere") from None
    if not found or not (_is_listed_loopback(host, hosts) or all(is_public_address(one) for one in found)):
        raise AddressNotAllowed("private")
    return FetchTarget(
        secure, host, port, found[0], f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    )


def playback_url(url: str, hosts: Iterable[str]) -> str:
    """Return the URL that our link to a track redirects to; empty unless it is https at a listed host.

    Only a loopback origin on the list, such as the sandbox, may use http.
    """
    hosts = list(hosts)
    target_url = upgrade_to_https(url, hosts)
    if not target_url.isascii() or not is_allowed_url(target_url, hosts):
        return ""
    parts = urlsplit(target_url)
    return target_url if parts.scheme == "https" or _is_loopback(parts.hostname or "") else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def upgrade_to_https(url: str, hosts: Iterable[str]) -> str:
    """Change http to https, unless the list names the http origin."""
    if not url.startswith("http://") or is_allowed_url(url, hosts):
        return url
    return f"https://{url.removeprefix('http://')}"


def is_public_address(address: str) -> bool:
    """Return whether an IP address is public: not private, loopback, special or embedding another."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip.ipv4_mapped or any(ip in net for net in EMBEDDING_NETWORKS)
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _is_listed_loopback(host: str, hosts: Iterable[str]) -> bool:
    """Return whether the host is loopback and the list names it as an origin."""
    named = {urlsplit(one).hostname for one in hosts if "://" in one}
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" and host in named
    return host in named


class _PinnedConnection(HTTPConnection):
    """Connects to the checked address, even if DNS has changed since."""

    def __init__(self, target: FetchTarget) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_S)
        self.target = target

    def connect(self) -> None:
        self.sock = socket.create_connection((self.target.address, self.target.port), TIMEOUT_S)
        if self.target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)


def fetch_range(target: FetchTarget, first: int, length: int) -> FetchResponse:
    """Fetch a byte range without following redirects. Raise HostUnreachable on failure."""
    connection = _PinnedConnection(target)
    headers = {"Range": f"bytes={first}-{first + length - 1}", "Accept-Encoding": "identity"}
    try:
        connection.request("GET", target.path, headers=headers)
        response = connection.getresponse()
        parts = response.status == 206
        content = response.read(length) if response.status in (200, 206) else b""
        range_size = response.headers.get("Content-Range", "").rpartition("/")[2] if parts else ""
        size = range_size if parts else response.headers.get("Content-Length", "")
    except (OSError, HTTPException) as error:
        raise HostUnreachable(type(error).__name__) from None
    finally:
        connection.close()
    return FetchResponse(response.status, int(size) if size.isdigit() else None, parts, content)
