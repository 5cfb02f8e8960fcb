"""Benchmarks of the console against reference implementations; `make bench` runs all of them."""
