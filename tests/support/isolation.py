"""Nothing outlives its test: statements, transactions and processes that it leaves end before the next one.

When pytest-timeout ends a test, its statement goes on in the server process with all its locks, and each
later test that needs one of its rows would wait and fail, too.
"""

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connection

from tests.support import database

#: Full sizes and benchmarks take their time, and name it in their marks.
FULL = "full" in map(os.environ.get, ("FAULTS", "BROWSER")) or os.environ.get("TEST_LIMITS") == "off"
#: Seconds that one test may take where no full sizes run, whatever its mark says.
LONGEST_S = 300
#: Of the database of each worker. The last one is above the longest limit of a test, which ends it first.
SERVER_LIMITS = {
    "statement_timeout": "20s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": f"{LONGEST_S + 10}s",
}
#: How pytest-timeout says it.
TIMED_OUT = "from pytest-timeout"
#: Processes of fixtures that serve more than one test, such as the browser.
_shared: set[int] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        mark = item.get_closest_marker("timeout")
        if mark and mark.args[0] > LONGEST_S and not FULL:
            item.add_marker(pytest.mark.timeout(LONGEST_S), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Limit each statement and each wait for a lock, of the tests and of the programs that they start."""
    if not FULL:
        for name, value in SERVER_LIMITS.items():
            database.on_server(f"alter database \"{database.own_name()}\" set {name} = '{value}'")
        connection.close()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    try:
        return (yield)
    finally:
        # pytest-django has one of each class, without a process; each function of a module counts as a class.
        if fixturedef.scope not in ("function", "class"):
            _shared.update(child.pid for child in psutil.Process().children())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    item.stash[_BEGAN] = _now()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from _clear_after_timeout(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from _clear_after_timeout(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from _clear_after_timeout(item))


_BEGAN = pytest.StashKey[float]()


def _clear_after_timeout(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield)
    except pytest.fail.Exception as failure:
        if TIMED_OUT in str(failure.msg):
            _end_processes(since=item.stash[_BEGAN])
            # The server goes on with the statement of a connection that is merely closed.
            connection.close()
            database.end_connections()
        raise


def _now() -> float:
    """The time by the clock of `psutil.Process.create_time`."""
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return float(psutil.boot_time()) + uptime


def _end_processes(since: float) -> None:
    """Kill the processes that began after that time, but for shared ones."""
    ended = []
    for child in psutil.Process().children():
        if child.pid not in _shared and child.create_time() >= since:
            ended += [*child.children(recursive=True), child]
    for process in ended:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(ended, timeout=5)
