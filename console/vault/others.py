"""Sealed values that stand in no SealedField: whoever keeps some says how they are sealed anew."""

from collections.abc import Callable, Iterator
from typing import Any

Reseal = Callable[[Any], tuple[int, int]]
_resealers: dict[str, Reseal] = {}


def resealer(name: str) -> Callable[[Reseal], Reseal]:
    """Register a function for `manage.py rotate_keys`. It takes a function that tells of trouble, and answers
    how many values it sealed anew and how many could not be opened; it may be run again at any time."""

    def registered(reseal: Reseal) -> Reseal:
        _resealers[name] = reseal
        return reseal

    return registered


def resealers() -> Iterator[tuple[str, Reseal]]:
    yield from sorted(_resealers.items())
