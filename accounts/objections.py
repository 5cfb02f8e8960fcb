"""What apps above have against a change of groups: found before it is saved, allowed with a reason.

@objects
def doubles(moves, leave): return [Objection(…)]
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

#: By group (its key): who comes into it and who leaves it.
Moves = Mapping[int, tuple[Collection[int], Collection[int]]]


class Thing(NamedTuple):
    """What an objection is about: its key, its name and its page."""

    pk: int
    label: str
    url: str


class Objection(NamedTuple):
    """`who` (a user id) would come `into` something on that `day` although there is the `other`. Where too
    many would be there, it names nobody and nothing else; `most` is how many fit."""

    day: date
    kind: str
    who: str
    name: str
    into: Thing
    other: Thing | None = None
    most: int = 0

    @property
    def data(self) -> dict[str, Any]:
        """What REST tells."""
        return {
            "date": self.day.isoformat(),
            "kind": self.kind,
            "who": self.who,
            "lesson": self.other.pk if self.other else None,
            "into": self.into.pk,
        }


class Objected(ValidationError):
    """There are objections and nobody gave a reason to do it all the same."""

    def __init__(self, objections: Collection[Objection]) -> None:
        self.objections = list(objections)
        super().__init__(sentence(self.objections), code="conflict")


Look = Callable[[Moves, Collection[int]], list[Objection]]
_looks: list[Look] = []


def objects(look: Look) -> Look:
    """Register `look(moves, leave)`; `leave` are keys of what does not follow the change."""
    _looks.append(look)
    return look


def objections_to(moves: Moves, leave: Collection[int] = ()) -> list[Objection]:
    return [one for look in _looks for one in look(moves, leave)]


def allowed(moves: Moves, reason: str, leave: Collection[int] = ()) -> list[Objection]:
    """The objections that the reason overrides. Objected where there are some and no reason."""
    found = objections_to(moves, leave)
    if found and not reason.strip():
        raise Objected(found)
    return found


def sentence(objections: Collection[Objection]) -> str:
    """In how many lessons, and what to do."""
    number = len({one.into.pk for one in objections})
    return ngettext(
        "In %(n)d lesson to come somebody would be planned twice, or there would be too many. "
        "Give a reason to allow it.",
        "In %(n)d lessons to come somebody would be planned twice, or there would be too many. "
        "Give a reason to allow it.",
        number,
    ) % {"n": number}
