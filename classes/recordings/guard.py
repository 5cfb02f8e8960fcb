"""Reading from an address that came from outside: the only such requests of the console.

Four locks: the host stands on a list of the installation; every address that its name leads to is public; the
connection goes to just the address that was looked at; nothing is followed elsewhere.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from classes.courseware.hosts import allowed

TIMEOUT_S = 10
#: Networks inside of which other addresses are written.
WRAPPED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]

Resolve = Callable[..., Any]


class NotAllowed(Exception):
    """The address must not be read. The argument is a word for why: host, nowhere or private."""


class Unreached(Exception):
    """The place did not answer, or not as it should."""


class Target(NamedTuple):
    """Where to connect to, and what to ask there."""

    secure: bool
    host: str
    port: int
    address: str
    path: str


class Answer(NamedTuple):
    """`size` is that of the whole file, None where it is not told; `parts` whether a part was given."""

    status: int
    size: int | None
    parts: bool
    content: bytes


def target_of(url: str, hosts: Iterable[str], resolve: Resolve = socket.getaddrinfo) -> Target:
    """Where an address leads. NotAllowed for every one that is not on the list or not public."""
    wanted = secured(url, hosts := list(hosts))
    if not allowed(wanted, hosts):
        raise NotAllowed("host")
    parts = urlsplit(wanted)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        found = [line[4][0] for line in resolve(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotAllowed("nowhere") from None
    if not found or not (_is_literal(host, hosts) or all(is_public(one) for one in found)):
        raise NotAllowed("private")
    return Target(
        secure, host, port, found[0], f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    )


def secured(url: str, hosts: Iterable[str]) -> str:
    """Addresses that were told without encryption are read with it, unless the list says otherwise."""
    if not url.startswith("http://") or allowed(url, hosts):
        return url
    return f"https://{url.removeprefix('http://')}"


def is_public(address: str) -> bool:
    """Whether an address belongs to the world: no network's own, no machine's, none within another."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or any(ip in net for net in WRAPPED)):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _is_literal(host: str, hosts: Iterable[str]) -> bool:
    """Whether the list itself names this very machine, as the local service is named."""
    named = {urlsplit(one).hostname for one in hosts if "://" in one}
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" and host in named
    return host in named


class _Pinned(HTTPConnection):
    """Goes to the address that was looked at, whatever the name leads to by now."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_S)
        self.target = target

    def connect(self) -> None:
        self.sock = socket.create_connection((self.target.address, self.target.port), TIMEOUT_S)
        if self.target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)


def read(target: Target, first: int, length: int) -> Answer:
    """So many bytes from a place on. Unreached where nobody answers; nothing is followed elsewhere."""
    line = _Pinned(target)
    headers = {"Range": f"bytes={first}-{first + length - 1}", "Accept-Encoding": "identity"}
    try:
        line.request("GET", target.path, headers=headers)
        answer = line.getresponse()
        parts = answer.status == 206
        content = answer.read(length) if answer.status in (200, 206) else b""
        told = answer.headers.get("Content-Range", "").rpartition("/")[2] if parts else ""
        size = told if parts else answer.headers.get("Content-Length", "")
    except (OSError, HTTPException) as error:
        raise Unreached(type(error).__name__) from None
    finally:
        line.close()
    return Answer(answer.status, int(size) if size.isdigit() else None, parts, content)
