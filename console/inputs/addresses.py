"""Addresses of programs that a school enters, before anything is sent there."""

import ipaddress
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from console.guarded_client import is_allowed_address, is_public_address


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
