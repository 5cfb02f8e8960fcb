"""Tests wait for a state, never for a number of seconds, and all of them as long at most."""

import time
from collections.abc import Callable

import pytest

#: Long enough for a machine that does much else besides.
LIMIT_S = 30.0


def wait_until(ready: Callable[[], object]) -> None:
    """Ask until the answer is true; the test fails after LIMIT_S seconds."""
    until = time.monotonic() + LIMIT_S
    while not ready():
        if time.monotonic() > until:
            pytest.fail(f"It does not come to that within {LIMIT_S:.0f} s.")
        time.sleep(0.05)
