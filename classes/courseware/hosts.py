"""Allow-list check for external URLs. The hosts come from settings, never from a user."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

#: Host and port that browsers and content security policies parse the same way.
HOST_PATTERN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)


def is_allowed_url(url: str, hosts: Iterable[str]) -> bool:
    """Return whether the URL is at one of these hosts.

    A host is `name` or `*.name` (one or more labels before it), both over https, or an origin such as
    `http://name:port`.
    """
    try:
        parts = urlsplit(url)
        place = parts.netloc.lower()
    except ValueError:
        return False
    if not HOST_PATTERN.fullmatch(place) or any(char <= " " or char == "\\" for char in url):
        return False
    return any(_matches_host(parts.scheme, place, host.lower().rstrip("/")) for host in hosts)


def _matches_host(scheme: str, netloc: str, host: str) -> bool:
    if "://" in host:
        return f"{scheme}://{netloc}" == host
    if scheme != "https":
        return False
    return netloc.endswith(host[1:]) if host.startswith("*.") else netloc == host
