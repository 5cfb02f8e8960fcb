"""Mass drops: many people leave a lesson within a minute, which is a platform fault.

Registers use this to offer excusing them; the wall and its alarms use it to call for help.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

WINDOW_S = 60
#: Minimum share of those present just before, and minimum number of people. An alarm is sent automatically,
#: so it needs more people than a register, where a person decides.
MIN_SHARE = 0.3
LEAST, LEAST_FOR_ALARM = 3, 5
#: Exits in the last minute are normal.
LAST_MINUTE_S = 60

Exit = tuple[float, Any]


class MassDrop(NamedTuple):
    """Start of the drop (unix second), and who left."""

    at: float
    who: tuple[Any, ...]


def find_mass_drops(
    exits: Iterable[Exit], count_present: Callable[[float], int], least: int = LEAST
) -> list[MassDrop]:
    """Return the mass drops among exits (unix second, who) in order of time.

    `count_present` returns how many people were in the room at a second or left in it.
    """
    ordered = sorted(exits, key=lambda one: one[0])
    found: list[MassDrop] = []
    index = 0
    while index + least <= len(ordered):
        at = ordered[index][0]
        end = next((n for n in range(index, len(ordered)) if ordered[n][0] > at + WINDOW_S), len(ordered))
        gone = {who for _, who in ordered[index:end]}
        if len(gone) >= least and len(gone) >= MIN_SHARE * count_present(at):
            found.append(MassDrop(at, tuple(sorted(gone))))
            index = end
        else:
            index += 1
    return found


def lesson_mass_drops(facts: Mapping[str, Mapping[str, Any]]) -> list[MassDrop]:
    """Return the mass drops of a lesson from the facts of its marks by user id."""
    return find_mass_drops(_exits(facts), _presence_counter(facts))


def _exits(facts: Mapping[str, Mapping[str, Any]]) -> Iterable[Exit]:
    for user_id, mark_facts in facts.items():
        taught = mark_facts.get("taught")
        if not taught:
            continue
        for stay in mark_facts.get("stays", ()):
            if stay["to"] is not None and taught[0] <= stay["to"] < taught[1] - LAST_MINUTE_S:
                yield stay["to"], user_id


def _presence_counter(facts: Mapping[str, Mapping[str, Any]]) -> Callable[[float], int]:
    """Return a function that counts the people in the room; stays of one person never overlap or touch."""
    stays = [stay for mark_facts in facts.values() for stay in mark_facts.get("stays", ())]
    begins = sorted(stay["from"] for stay in stays)
    ends = sorted(stay["to"] for stay in stays if stay["to"] is not None)
    return lambda at: bisect_right(begins, at) - bisect_left(ends, at)
