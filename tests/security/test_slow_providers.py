"""A provider that answers after ten seconds keeps nobody from signing in by password."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from accounts.models import Enterprise, IdentityProvider, User
from tests.console.inbox.test_ingestion import address
from tests.faults.goals import goal
from tests.security.test_slow_clients import PASSWORD, Place, Visitor
from tests.support.programs import Console

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(200)]
#: Seconds until the provider answers, and sign-ins with it at the same time.
ANSWERS_AFTER_S, SIGN_INS = 10.0, 12


class SlowProvider(NamedTuple):
    """Its address, and whether somebody has asked it yet."""

    url: str
    asked: threading.Event


@pytest.fixture
def slow_provider() -> Iterator[SlowProvider]:
    end, asked = threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            end.wait(ANSWERS_AFTER_S)
            self.send_error(503)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield SlowProvider(f"http://127.0.0.1:{server.server_port}", asked)
    end.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_slow_provider_holds_up_neither_passwords_nor_callbacks(
    start_console: Callable[..., Console], slow_provider: SlowProvider, school: Enterprise, alice: User
) -> None:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    values = {"kind": "oidc", "name": "Slow", "client_id": "a", "client_secret": "b"}
    values["issuer"] = slow_provider.url
    slug = IdentityProvider.objects.create(enterprise=school, **values).slug
    console = start_console(REQUIRE_TWO_FACTOR="false", ALLOWED_PRIVATE_NETWORKS="127.0.0.0/8")
    place = Place(int(console.url.rpartition(":")[2]), "127.0.0.1", tls=False)
    visitor = Visitor(place, alice, address(school, expire=int(time.time()) + 600))
    visitor.seconds()
    with ThreadPoolExecutor(SIGN_INS) as threads:
        waiting = [threads.submit(_ignore_end, place, f"/sign-in/with/{slug}/") for _ in range(SIGN_INS)]
        assert slow_provider.asked.wait(30)
        found = visitor.seconds()
        ended = [one.done() for one in waiting]
        console.kill()
    goal("slow provider", sign_ins=SIGN_INS, **{f"{name}_s": round(took, 3) for name, took in found.items()})
    assert not any(ended), "the visitor was answered while the provider still was silent"


def _ignore_end(place: Place, path: str) -> None:
    try:
        place.ask("GET", path)
    except OSError:
        """The console is stopped before the provider has answered."""
