"""Guarded access to recording URLs, which come from outside: redirects for readers and our own requests.

The console makes no other requests to such URLs. The host is on an allow-list of the installation, and
`console.guarded_client` makes the requests.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from classes.courseware.hosts import is_allowed_url
from console import guarded_client
from console.guarded_client import AddressRefused, Resolve, Target

#: A petabyte has 16 digits; a longer number is no size of a file.
MAX_SIZE_DIGITS = 15


class RangeResponse(NamedTuple):
    """A response. `size` is that of the whole file or None; `parts` is true for a partial response."""

    status: int
    size: int | None
    parts: bool
    content: bytes


def resolve_target(url: str, hosts: Iterable[str], resolve: Resolve = socket.getaddrinfo) -> Target:
    """Resolve a URL. Raise AddressRefused if its host is not on the list or not public."""
    target_url = upgrade_to_https(url, hosts := list(hosts))
    if not is_allowed_url(target_url, hosts):
        raise AddressRefused("host")
    private = _is_listed_loopback(urlsplit(target_url).hostname or "", hosts)
    return guarded_client.resolve_target(target_url, private=private, resolve=resolve)


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


def _is_listed_loopback(host: str, hosts: Iterable[str]) -> bool:
    """Return whether the host is loopback and the list names it as an origin."""
    named = {urlsplit(one).hostname for one in hosts if "://" in one}
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" and host in named
    return host in named


def fetch_range(target: Target, first: int, length: int, limit_s: float) -> RangeResponse:
    """Fetch a byte range within so many seconds. Raise HostUnreachable on failure."""
    headers = {"Range": f"bytes={first}-{first + length - 1}", "Accept-Encoding": "identity"}
    response = guarded_client.send_request(target, headers=headers, max_bytes=length, max_duration_s=limit_s)
    parts = response.status == 206
    content = response.content if response.status in (200, 206) else b""
    range_size = response.headers.get("Content-Range", "").rpartition("/")[2] if parts else ""
    size = range_size if parts else response.headers.get("Content-Length", "")
    is_number = size.isascii() and size.isdecimal() and len(size) <= MAX_SIZE_DIGITS
    return RangeResponse(response.status, int(size) if is_number else None, parts, content)
