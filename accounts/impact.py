"""What hangs on a person: apps above say what is touched where somebody leaves.

@touched
def lessons(person, reader): return [Touched("Tue 09:00 Croquet", "/lessons/7/", "teaches it")]
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.functional import Promise

from accounts.models import User


class Touched(NamedTuple):
    """One thing that goes on without the person: its name, its page, and what they are in it."""

    label: str
    url: str
    part: str | Promise


Look = Callable[[User, Any], list[Touched]]
_looks: list[Look] = []


def touched(look: Look) -> Look:
    """Register `look(person, reader)`: what of it this reader may see."""
    _looks.append(look)
    return look


def touched_by(person: User, reader: Any) -> list[Touched]:
    return [one for look in _looks for one in look(person, reader)]
