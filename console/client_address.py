"""Whose address a request comes from, told by as many proxies as we were told to believe."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the person's machine; "" where it is none that can be read.

    Each proxy of ours adds whom it spoke to at the end of X-Forwarded-For. What stands before that was
    written by the sender and may be anything.
    """
    proxies: int = settings.TRUSTED_PROXIES
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and told:
        return _address(told[-proxies] if proxies <= len(told) else told[0])
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
