"""A killed web worker is replaced: of the requests meanwhile at most the one that it was answering fails.

That is so by the options of granian, whatever it serves: in the full size the console, which takes seconds to
start, elsewhere an application that is there at once.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.faults.sizes import FULL
from tests.support.programs import Console

REQUESTS, KILLED_AFTER = 40, 10
APPLICATION = "console.asgi:application" if FULL else "tests.flows.small_application:application"


class TwoWorkers(Console):
    """The web console with two workers, as a server runs it."""

    def __init__(self, log: Path, variables: dict[str, str]) -> None:
        super().__init__(log, variables)
        self.command = [*self.command[:-1], "--workers", "2", APPLICATION]

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        names = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
        return [child for child, name in names.items() if b"resource_tracker" not in name]


def ask(console: Console) -> bool:
    try:
        return requests.get(f"{console.url}/sign-in/", timeout=30).ok
    except requests.RequestException:
        return False


@pytest.fixture
def console(program_variables: dict[str, str], tmp_path: Path) -> "TwoWorkers":
    return TwoWorkers(tmp_path / "web.log", program_variables)


def wait_for(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_web_worker_costs_one_request_at_most_and_is_replaced(console: TwoWorkers) -> None:
    try:
        console.start()
        # The first answer may come before the second worker serves.
        wait_for(lambda: all(f"Started worker-{one}" in console.log.read_text() for one in (1, 2)))
        before = console.workers()
        failed = 0
        for number in range(REQUESTS):
            if number == KILLED_AFTER:
                os.kill(before[0], signal.SIGKILL)
            failed += not ask(console)
        wait_for(lambda: len(set(console.workers()) - {before[0]}) == 2)
        print(f"{failed} of {REQUESTS} requests failed")
        assert failed <= 1
        assert console.process is not None
        assert console.process.poll() is None
    finally:
        console.stop()
