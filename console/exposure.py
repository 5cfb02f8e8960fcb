"""Whether the console can be reached from other machines, according to its settings."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings


def is_public() -> bool:
    """Return whether PUBLIC_URL is not a loopback address."""
    return not is_loopback(urlsplit(settings.PUBLIC_URL).hostname or "localhost")


def is_exposed() -> bool:
    """Return whether other machines may reach this console by any of its host names."""
    return is_public() or not all(map(is_loopback, settings.ALLOWED_HOSTS))


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, with or without brackets, is a loopback one."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
