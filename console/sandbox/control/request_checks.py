"""Checks of control requests: from this machine only, and not from a foreign page in its browser.

A page on another site could post a form to loopback; it cannot send a JSON content type without a
preflight, which is not answered here, nor a Host that is loopback by name.
"""

import ipaddress
from typing import Any

from django.http import HttpRequest

from console.sandbox import request_handling
from console.sandbox.errors import Code, Refusal, invalid


def require_loopback(request: HttpRequest) -> None:
    """Refuse (10203) requests that are not from this machine and addressed to it."""
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    if forwarded or not _is_loopback(request.META["REMOTE_ADDR"]) or not _is_loopback(host.strip("[]")):
        raise Refusal(Code.NO_PERMISSION, "the control interface answers this machine alone")


def read_posted_object(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object of a POST."""
    if request.method != "POST" or request.content_type != "application/json":
        raise Refusal(Code.UNREADABLE, "send a POST with Content-Type: application/json")
    body = request_handling.read_json(request)
    if not isinstance(body, dict):
        raise invalid("the body must be an object")
    return body


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
