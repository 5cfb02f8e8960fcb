"""The relying party of passkeys: the origin that browsers and the console compare, from PUBLIC_URL.

A passkey belongs to a host name. Browsers offer passkeys only at an https address, or http at localhost, and
never for an IP address, so an installation without such an address has none and says why.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

#: The name that the dialog of the browser shows.
NAME = "iclass console"


def origin() -> str:
    """Return scheme, host and port of the console, as browsers write them."""
    parts = urlsplit(settings.PUBLIC_URL)
    port = "" if parts.port in (None, {"https": 443, "http": 80}.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host()}{port}"


def host() -> str:
    """Return the host name, which is the ID of the relying party."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def is_available() -> bool:
    """Return whether browsers accept passkeys at PUBLIC_URL."""
    scheme, name = urlsplit(settings.PUBLIC_URL).scheme, host()
    local = name == "localhost" or name.endswith(".localhost")
    return bool(name) and not _is_address(name) and (scheme == "https" or (scheme == "http" and local))


def is_offered(request: HttpRequest) -> bool:
    """Return whether a page may offer passkeys: it must not be opened by an IP address."""
    return is_available() and not _is_opened_by_address(request)


def unavailable_reason(request: HttpRequest | None = None) -> str:
    """Return why this installation has no passkeys, or not where a page is opened; or an empty string."""
    if is_available():
        if request is None or not _is_opened_by_address(request):
            return ""
        return _("Browsers offer no passkeys here. Open the console at %(address)s instead.") % {
            "address": settings.PUBLIC_URL
        }
    return _(
        "Passkeys need a host name with https. This console runs at %(address)s. Ask the operator for an "
        "https address."
    ) % {"address": settings.PUBLIC_URL}


def require_available() -> None:
    """Raise ValidationError, with the reason, where there are no passkeys."""
    if reason := unavailable_reason():
        raise ValidationError(reason)


def _is_opened_by_address(request: HttpRequest) -> bool:
    return _is_address(urlsplit(f"//{request.get_host()}").hostname or "")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
