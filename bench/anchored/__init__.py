"""Benchmarks with a reference in the same run; `bench/ground.py` calls `measure` of each."""
