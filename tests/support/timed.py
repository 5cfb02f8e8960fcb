"""Tests that measure time run while no other worker of pytest-xdist runs one of its tests.

A test marked `timed` takes a lock alone, every other test shares it. Whoever wants the lock first passes a
second one, the turnstile: otherwise the other workers would share the first for ever, and a timed test would
wait until they have nothing left. Waiting happens outside of pytest-timeout and costs no test its time. Timed
tests come first: the second worker begins in the middle of the tests, with short ones, so nobody waits long.
"""

import fcntl
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from tests.support import environment


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("timed") is None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not environment.WORKER:
        return (yield)
    kind = fcntl.LOCK_EX if item.get_closest_marker("timed") else fcntl.LOCK_SH
    with locked("machine", kind):
        return (yield)


@contextmanager
def locked(name: str, kind: int) -> Iterator[None]:
    """Hold a lock of all workers, `fcntl.LOCK_SH` with others or `fcntl.LOCK_EX` alone."""
    folder = environment.data_folder()
    with (folder / f"{name}.lock").open("w") as lock:
        with (folder / f"{name}.turnstile").open("w") as turnstile:
            fcntl.flock(turnstile, fcntl.LOCK_EX)
            fcntl.flock(lock, kind)
        try:
            yield
        finally:
            # Closing is not enough: a forked process that outlives the test holds the same lock.
            fcntl.flock(lock, fcntl.LOCK_UN)
