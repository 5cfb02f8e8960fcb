"""How big a goal runs, and from which seed.

`FAULTS=full` (set by `make faults`) means the sizes of the table in docs/faults.md, anything else the small
ones that every change runs. `FAULTS_SEED=N` repeats a run; without it the small sizes always take the same
seed and the full ones a new one, which the goal's line prints.
"""

import os
import random
import secrets
from collections.abc import Iterator, Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)
Card = TypeVar("Card")

FULL = os.environ.get("FAULTS") == "full"
#: Seconds that one test may take in the full sizes.
FULL_TIMEOUT_S = 14_400
SEED = int(os.environ.get("FAULTS_SEED") or (secrets.randbelow(2**31) if FULL else 20_260_302))


def size(*, full: Number, ci: Number) -> Number:
    """The number for this run: `size(full=1000, ci=200)`."""
    return full if FULL else ci


def dice(goal: str) -> random.Random:
    """Random choices of one goal, the same in each run of a seed whatever other goals do."""
    return random.Random(f"{SEED}:{goal}")


def deal(chance: random.Random, cards: Sequence[Card]) -> Iterator[Card]:
    """These for ever, by lot, each once before any comes again: small sizes have some of each kind."""
    while True:
        yield from chance.sample(cards, len(cards))
