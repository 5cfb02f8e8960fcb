"""The door of the control interface: this machine alone, and no page of somebody else's in its browser.

A page on another site could post a form to loopback; it cannot send a JSON content type without a
preflight, which is not answered here, nor a Host that is loopback by name.
"""

import ipaddress
from typing import Any

from django.http import HttpRequest

from .. import door
from ..errors import Code, Refusal, invalid


def only_here(request: HttpRequest) -> None:
    """Refuse (10203) everything that does not come from this machine, addressed as this machine."""
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    if forwarded or not _loopback(request.META["REMOTE_ADDR"]) or not _loopback(host.strip("[]")):
        raise Refusal(Code.NO_PERMISSION, "the control interface answers this machine alone")


def posted(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a POST."""
    if request.method != "POST" or request.content_type != "application/json":
        raise Refusal(Code.UNREADABLE, "send a POST with Content-Type: application/json")
    body = door.read_json(request)
    if not isinstance(body, dict):
        raise invalid("the body must be an object")
    return body


def _loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
