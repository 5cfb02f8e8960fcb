"""Tests that measure time, on the database and with the people of all tests; benchmarks run them."""

from tests import conftest

pytest_plugins = [*conftest.pytest_plugins, "tests.classes.conftest", "tests.faults.conftest"]
pytest_unconfigure = conftest.pytest_unconfigure
