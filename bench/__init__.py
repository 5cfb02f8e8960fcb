"""Benchmarks of the console against reference implementations; `make bench` runs all of them."""

import os

# Those that run a test with full sizes name their limits themselves: tests/support/isolation.py.
os.environ["TEST_LIMITS"] = "off"
