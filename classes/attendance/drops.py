"""Mass drops: many leave a lesson within a minute, which is a fault of the platform and of no student.

One finder for registers, which offer to excuse them, and for the wall and its alarms, which call somebody.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

WITHIN_S = 60
#: At least so large a part of those who were there just before, and at least so many people: a register that
#: offers to excuse is asked a person, an alarm goes out by itself and wants more.
SHARE = 0.3
LEAST, LEAST_FOR_ALARM = 3, 5
#: Leaving in the last minute is going home.
END_S = 60

Exit = tuple[float, Any]


class Drop(NamedTuple):
    """When it began (unix second), and who went."""

    at: float
    who: tuple[Any, ...]


def find(exits: Iterable[Exit], there: Callable[[float], int], least: int = LEAST) -> list[Drop]:
    """The mass drops among exits (unix second, who), in order of time; `there` says how many were in the room
    at a second or left in it."""
    ordered = sorted(exits, key=lambda one: one[0])
    found: list[Drop] = []
    place = 0
    while place + least <= len(ordered):
        at = ordered[place][0]
        end = next((n for n in range(place, len(ordered)) if ordered[n][0] > at + WITHIN_S), len(ordered))
        gone = {who for _, who in ordered[place:end]}
        if len(gone) >= least and len(gone) >= SHARE * there(at):
            found.append(Drop(at, tuple(sorted(gone))))
            place = end
        else:
            place += 1
    return found


def drops_of(facts: Mapping[str, Mapping[str, Any]]) -> list[Drop]:
    """The mass drops of a lesson, from the facts of its marks by user id."""
    return find(_exits(facts), _counter(facts))


def _exits(facts: Mapping[str, Mapping[str, Any]]) -> Iterable[Exit]:
    for user_id, told in facts.items():
        taught = told.get("taught")
        for stay in told.get("stays", ()) if taught else ():
            if stay["to"] is not None and taught[0] <= stay["to"] < taught[1] - END_S:
                yield stay["to"], user_id


def _counter(facts: Mapping[str, Mapping[str, Any]]) -> Callable[[float], int]:
    """Tells how many were in the room at a second; the stays of one person neither overlap nor touch."""
    stays = [stay for told in facts.values() for stay in told.get("stays", ())]
    begins = sorted(stay["from"] for stay in stays)
    ends = sorted(stay["to"] for stay in stays if stay["to"] is not None)
    return lambda at: bisect_right(begins, at) - bisect_left(ends, at)
