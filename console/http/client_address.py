"""The client address of a request, as reported by the trusted proxies."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address; "" if there is no valid one.

    Each trusted proxy appends its peer's address to X-Forwarded-For. Entries before these were written by the
    sender and may be anything.
    """
    proxies: int = settings.TRUSTED_PROXIES
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and chain:
        return _address(chain[-proxies] if proxies <= len(chain) else chain[0])
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
