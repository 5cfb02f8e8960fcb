"""Security headers besides the content policy: embedding, opening, caching and sniffing of responses; and the
cookie of messages, named like the console's other cookies.

A view with other needs sets the header itself; existing headers are kept.
"""

from collections.abc import Callable

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from console.env import cookie_name

#: Browser features that our pages use; all others are denied, for frames as well.
ALLOWED_FEATURES = (
    *("autoplay", "clipboard-write", "fullscreen", "picture-in-picture"),
    *("publickey-credentials-create", "publickey-credentials-get"),
)
DENIED_FEATURES = (
    *("accelerometer", "bluetooth", "browsing-topics", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"),
    *("microphone", "midi", "payment", "screen-wake-lock", "serial"),
    *("storage-access", "usb", "web-share", "window-management", "xr-spatial-tracking"),
)
PERMISSIONS_POLICY = ", ".join(
    [f"{name}=(self)" for name in ALLOWED_FEATURES] + [f"{name}=()" for name in DENIED_FEATURES]
)
RESPONSE_HEADERS = {
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # People share computers: pages must not reappear with the Back button after signing out.
    "Cache-Control": "no-store",
}


class SecurityHeadersMiddleware:
    """Isolates our windows, responses and memory from other sites."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in RESPONSE_HEADERS.items():
            response.headers.setdefault(name, value)
        if embedder_policy := _embedder_policy(response):
            response.headers.setdefault("Cross-Origin-Embedder-Policy", embedder_policy)
        return response


def _embedder_policy(response: HttpResponseBase) -> str:
    """Return the policy: strict, except on the few pages with external content. External images are fetched
    without cookies, and frames come from servers that do not set the header."""
    external = getattr(response, "_csp_update", None) or {}
    if "frame-src" in external:
        return ""
    return "credentialless" if {"img-src", "media-src"} & set(external) else "require-corp"


class MessageCookieStorage(CookieStorage):
    cookie_name = cookie_name("messages")


class MessageStorage(FallbackStorage):
    """Django's fallback storage with our cookie name: a cookie, or the session if that grows too long."""

    storage_classes = (MessageCookieStorage, SessionStorage)
