"""Headers of every page: no inline script, no foreign source, no framing unless the page allows it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https: data:; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def strict_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["X-Content-Type-Options"] = "nosniff"
        if response.get("Content-Type", "").startswith("text/html"):
            response.setdefault("Content-Security-Policy", POLICY)
            # The URL may contain a token.
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            response["Permissions-Policy"] = "camera=(self), microphone=(self)"
        return response

    return answer
