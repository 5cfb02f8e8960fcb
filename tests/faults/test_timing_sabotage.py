"""Defences that are about time: coming back one by one, ending in time, signing by the service's clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from console.iclass.transport import shared_host
from console.outbox import relay
from console.outbox.models import Attempt, Operation
from console.outbox.states import OperationState
from tests.faults.goals import sabotage, without_goal_lines
from tests.faults.intents import IntentContext
from tests.support.sandbox import Sandbox

Check = Callable[[IntentContext, Sandbox, Any], None]
CROWD = 24
#: A service that answers a byte now and then, so many that a call with a deadline is far from its end.
DEADLINE_S, DRIP_S, DRIPS = 0.3, 0.02, 100


def crowd(world: IntentContext, iclass: Sandbox, settings: Any) -> None:
    """Many operations fail in the same minute; when does the service see them again?"""
    settings.OUTBOX_BREAKER_FAILURES, settings.OUTBOX_BACKOFF_S, settings.OUTBOX_BACKOFF_MAX_S = (
        10**6,
        600,
        1200,
    )
    iclass.control("faults", {"arm": {"kind": "busy", "match": "class/create", "times": CROWD}})
    lessons = [world.lesson() for _ in range(CROWD)]
    relay.drain()
    waiting = Operation.objects.filter(kind="class.create", subject_id__in=[one.pk for one in lessons])
    due = sorted(waiting.filter(state=OperationState.READY).values_list("due_at", flat=True))
    assert len(due) == CROWD, "not all of them were told to come again"
    window = settings.OUTBOX_BACKOFF_MAX_S / 10
    most = max(sum(0 <= (other - one).total_seconds() <= window for other in due) for one in due)
    assert most <= CROWD / 2, f"{most} of {CROWD} come back within a tenth of the pause"


def dripping(world: IntentContext, iclass: Sandbox, settings: Any) -> None:
    """The service answers, but so slowly that its answer never ends."""
    settings.ICLASS_TIMEOUT_S, settings.OUTBOX_BACKOFF_S = DEADLINE_S, 3600
    lesson = world.lesson()
    with dripper() as (url, taken):
        settings.ICLASS_BASE_URL = url
        relay.drain()
    settings.ICLASS_BASE_URL = iclass.url
    assert Attempt.objects.filter(operation__kind="class.create", operation__subject_id=lesson.pk).exists()
    # Counted in bytes: on a busy machine they come as late as the deadline is noticed.
    assert max(taken) < DRIPS / 2, f"a call took {max(taken)} bytes, its deadline was {DEADLINE_S} s"


def other_clock(world: IntentContext, iclass: Sandbox, settings: Any) -> None:
    """The clock of this computer is ten minutes late."""
    iclass.control("knobs", {"sign_clock": "moved"})
    iclass.control("clock", {"move": 600})
    _forget_clock(iclass)
    try:
        lesson = world.lesson()
        relay.drain()
        state = Operation.objects.get(kind="class.create", subject_id=lesson.pk).state
        assert state == OperationState.DONE, f"a clock that is late: the lesson is {state}"
    finally:
        iclass.control("clock", {"reset": True})
        iclass.control("knobs", {"sign_clock": None})
        _forget_clock(iclass)


def _forget_clock(iclass: Sandbox) -> None:
    """As a process that has just started."""
    shared_host(iclass.url).skew, shared_host(iclass.url).dated = 0.0, False


@contextmanager
def dripper() -> Iterator[tuple[str, list[int]]]:
    """A server whose answers never end, though each byte of them comes in time for a read.

    Its address, and how many bytes each call took.
    """
    taken: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            taken.append(0)
            try:
                while taken[-1] < DRIPS:
                    self.wfile.write(b" ")
                    taken[-1] += 1
                    time.sleep(DRIP_S)
            except OSError:
                self.close_connection = True  # the caller gave up meanwhile

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", taken
    finally:
        server.shutdown()
        server.server_close()


CHECKS: dict[str, Check] = {
    "outbox.jitter": crowd,
    "outbox.deadline": dripping,
    "outbox.skew": other_clock,
}


@pytest.mark.parametrize("defence", CHECKS)
def test_the_goal_fails_without_the_defence(defence, world, iclass, settings):
    check = CHECKS[defence]
    with without_goal_lines():
        check(world, iclass, settings)
    sabotage(defence, lambda: check(world, iclass, settings))
