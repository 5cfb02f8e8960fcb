"""The page that shows the policy table itself: a matrix where there is room, else a list for each role."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from console.policy import words
from console.policy.pages import SchoolPage
from console.policy.rules import role_of
from console.policy.table import FIELDS, ROLES, TABLE


class Cell(NamedTuple):
    """`letter` is that of the table."""

    letter: str
    words: str | Promise


class Line(NamedTuple):
    name: str | Promise
    cells: list[Cell]


class Part(NamedTuple):
    """A resource with its actions, or a field with the acts at which it is seen."""

    name: str | Promise
    lines: list[Line]


class OfRole(NamedTuple):
    """What one role may do: for each resource the actions by how far they reach."""

    key: str
    name: str | Promise
    own: bool
    parts: list[tuple[str | Promise, list[tuple[str | Promise, list[str | Promise]]]]]


def parts() -> list[Part]:
    """The whole table of actions."""
    return [
        Part(words.resource_words(resource), _lines(actions, words.REACH))
        for resource, actions in TABLE.items()
    ]


def field_parts() -> list[Part]:
    """The rules of single fields."""
    return [
        Part(words.field_words(field), _lines(rules, words.SIGHT))
        for resource, fields in FIELDS.items()
        for field, rules in fields.items()
    ]


def of_roles(reader: str) -> list[OfRole]:
    """The same table turned: role by role. The reader's own stands open."""
    return [
        OfRole(role, name, role == reader, list(_rights(place)))
        for place, (role, name) in enumerate(ROLES.items())
    ]


def exceptions() -> list[str]:
    """What no cell of the table can say, with the lengths of time that this installation has."""
    lengths = {"visit": round(settings.VISIT_S / 60), "proof": round(settings.PROOF_S / 60)}
    return [str(sentence) % lengths for sentence in words.EXCEPTIONS]


def _rights(place: int) -> Iterator[Any]:
    for resource, actions in TABLE.items():
        by_reach: dict[str, list[str | Promise]] = {}
        for action, cells in actions.items():
            by_reach.setdefault(cells.split()[place], []).append(words.action_words(action))
        by_reach.pop("-", None)
        if by_reach:
            told = [(words.REACH[letter], names) for letter, names in by_reach.items()]
            yield words.resource_words(resource), told


def _lines(actions: dict[str, str], letters: dict[str, str | Promise]) -> list[Line]:
    return [Line(words.action_words(action), _cells(cells, letters)) for action, cells in actions.items()]


def _cells(cells: str, letters: dict[str, str | Promise]) -> list[Cell]:
    return [Cell(letter, letters[letter]) for letter in cells.split()]


class Rights(SchoolPage, TemplateView):
    """Made from the table at each request: what it says is what holds."""

    resource, action = "policy", "view"
    template_name = "policy/rights.html"
    extra_context = {"title": gettext_lazy("Roles and rights")}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            roles=ROLES.values(),
            parts=parts(),
            field_parts=field_parts(),
            of_roles=of_roles(role_of(self.request.user)),
            exceptions=exceptions(),
            **more,
        )
