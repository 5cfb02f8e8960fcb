"""What every answer tells the browser besides the content policy: who may embed, open, keep or sniff it.

A view that means something else sets the header itself; what stands there already is left as it is.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

#: What our pages use of a machine; everything else is shut, for frames as well.
USED = ("autoplay", "clipboard-write", "fullscreen", "picture-in-picture")
SHUT = (
    *("accelerometer", "bluetooth", "browsing-topics", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"),
    *("microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial"),
    *("storage-access", "usb", "web-share", "window-management", "xr-spatial-tracking"),
)
PERMISSIONS = ", ".join([f"{name}=(self)" for name in USED] + [f"{name}=()" for name in SHUT])
OF_EVERY_ANSWER = {
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # People share machines: what was shown is not found there later by going back.
    "Cache-Control": "no-store",
}
#: For programs: plain HTTP is refused and not led on, or nobody would notice that a token went in the clear.
FOR_PROGRAMS = ("/api/", "/callbacks/")


class Isolation:
    """Keeps other sites away from our windows, answers and memory."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in OF_EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        if embedder := _embedder(response):
            response.headers.setdefault("Cross-Origin-Embedder-Policy", embedder)
        return response


def _embedder(response: HttpResponseBase) -> str:
    """Strict, but on the few pages that show what lies elsewhere: that is fetched without cookies there, and
    what stands in a frame comes from servers that say nothing about it."""
    elsewhere = getattr(response, "_csp_update", None) or {}
    if "frame-src" in elsewhere:
        return ""
    return "credentialless" if {"img-src", "media-src"} & set(elsewhere) else "require-corp"


class NoPlainPrograms:
    """Stands before the middleware that leads plain HTTP on to HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and request.path_info.startswith(FOR_PROGRAMS):
            told = _("Use https:// here. What was sent just now went unprotected: change it if it is secret.")
            return JsonResponse({"detail": told}, status=403)
        return self.get_response(request)
