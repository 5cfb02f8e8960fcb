"""Tests that measure time, on the database and with the people of all tests; benchmarks run them."""

from tests.classes.conftest import browse  # noqa: F401
from tests.conftest import pytest_plugins, pytest_unconfigure  # noqa: F401
from tests.faults.conftest import forge, session_fork_runner  # noqa: F401
