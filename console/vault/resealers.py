"""Resealing of values outside of SealedFields: the modules that store them register a function."""

from collections.abc import Callable, Iterator
from typing import Any

Resealer = Callable[[Any], tuple[int, int]]
_resealers: dict[str, Resealer] = {}


def register_resealer(name: str) -> Callable[[Resealer], Resealer]:
    """Register a function for `manage.py rotate_keys`. It takes a function that reports problems, and returns
    how many values it resealed and how many could not be opened; it must be safe to repeat."""

    def register(reseal: Resealer) -> Resealer:
        _resealers[name] = reseal
        return reseal

    return register


def resealers() -> Iterator[tuple[str, Resealer]]:
    yield from sorted(_resealers.items())
