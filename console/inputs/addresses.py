"""Checks of addresses that a school enters or the service sends."""

import ipaddress
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from console.guarded_client import is_allowed_address, is_public_address


def is_web_address(text: str) -> bool:
    """Return whether a browser can be sent to an address."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def check_address(url: str) -> None:
    """Raise ValidationError unless a URL is https, or http to an address in an allowed private network."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or any(not one.isprintable() or one.isspace() for one in url):
        raise ValidationError(_("Enter an address that begins with https://."))
    if parts.scheme == "https":
        return
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_private = False
    else:
        is_private = is_allowed_address(host) and not is_public_address(host)
    if parts.scheme != "http" or not is_private:
        raise ValidationError(_("Enter an address that begins with https://."))
