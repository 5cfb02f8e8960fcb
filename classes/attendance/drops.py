"""Mass drops: many leave a lesson within a minute, which is a fault of the platform and of no student."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

WITHIN_S = 60
#: At least so many people, and at least so large a part of those who were there just before.
LEAST = 3
SHARE = 0.3
#: Leaving in the last minute is going home.
END_S = 60


class Drop(NamedTuple):
    """When it began (unix second), and who went."""

    at: int
    user_ids: tuple[str, ...]


def drops_of(facts: Mapping[str, Mapping[str, Any]]) -> list[Drop]:
    """The mass drops of a lesson, from the facts of its marks by user id, in order of time."""
    exits = sorted(_exits(facts))
    found: list[Drop] = []
    place = 0
    while place < len(exits):
        at = exits[place][0]
        gone = {user_id for second, user_id in exits[place:] if second < at + WITHIN_S}
        if len(gone) >= LEAST and len(gone) >= SHARE * _there(facts, at):
            found.append(Drop(at, tuple(sorted(gone))))
            place = next((n for n in range(place, len(exits)) if exits[n][0] >= at + WITHIN_S), len(exits))
        else:
            place += 1
    return found


def _exits(facts: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[int, str]]:
    for user_id, told in facts.items():
        taught = told.get("taught")
        for stay in told.get("stays", ()) if taught else ():
            if stay["to"] is not None and taught[0] <= stay["to"] < taught[1] - END_S:
                yield stay["to"], user_id


def _there(facts: Mapping[str, Mapping[str, Any]], at: int) -> int:
    """How many were in the room at this second or left in it."""
    return sum(
        any(stay["from"] <= at and (stay["to"] is None or at <= stay["to"]) for stay in told.get("stays", ()))
        for told in facts.values()
    )
