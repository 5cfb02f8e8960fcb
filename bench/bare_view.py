"""A bare Django view on the sandbox's server, as a reference: `python -m bench.bare_view`.

It prints its address and returns a page of a hundred people from memory.
"""

import signal
import sys
import threading

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

from console.sandbox.server import Server

PEOPLE = [{"user_id": f"student{n}", "nickname": f"学生{n}", "enter_time": 1_700_000_000} for n in range(100)]


def bare(request: HttpRequest) -> JsonResponse:
    """Return the page."""
    return JsonResponse({"error_code": 0, "error_msg": "", "list": PEOPLE})


urlpatterns = [path("", bare)]


def main() -> None:
    """Serve until SIGTERM."""
    settings.configure(
        ROOT_URLCONF="bench.bare_view",
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="none",
        DATABASES={},
        LOGGING_CONFIG=None,
    )
    server = Server("127.0.0.1", 0, get_wsgi_application())
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.stop).start())
    print(f"ready on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    sys.modules["bench.bare_view"] = sys.modules["__main__"]
    main()
