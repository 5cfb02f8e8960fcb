"""Measurements beside an anchor in the same run; `bench/ground.py` calls each one's `measure`."""
