"""What a mutant is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Replace `old` by `new` in a function or text constant: `module:name` or `module:Class.method`."""

    target: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """A defence by name, what it ensures, and the changes that switch it off."""

    name: str
    means: str
    changes: tuple[Change, ...]
