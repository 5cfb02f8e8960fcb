"""Which addresses of others may be shown or fetched: a list of hosts of the installation, never of a user."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

#: Host and port as a browser and a policy of a page understand them in one way.
PLAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether the address lies at one of these hosts.

    A host is `name`, `*.name` (one part or more before it) over https, or a whole `http://name:port`.
    """
    try:
        parts = urlsplit(url)
        place = parts.netloc.lower()
    except ValueError:
        return False
    if not PLAIN.fullmatch(place) or any(sign <= " " or sign == "\\" for sign in url):
        return False
    return any(_fits(parts.scheme, place, host.lower().rstrip("/")) for host in hosts)


def _fits(scheme: str, place: str, host: str) -> bool:
    if "://" in host:
        return f"{scheme}://{place}" == host
    if scheme != "https":
        return False
    return place.endswith(host[1:]) if host.startswith("*.") else place == host
