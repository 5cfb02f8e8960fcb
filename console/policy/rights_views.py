"""The page of the policy table: a matrix on wide screens, otherwise a list for each role."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from console.policy import labels as words
from console.policy.field_table import FIELDS
from console.policy.rules import role_of
from console.policy.table import ROLES, TABLE
from console.policy.views import SchoolView


class PolicyCell(NamedTuple):
    """A cell of the table: its letter and its label."""

    letter: str
    words: str | Promise


class PolicyRow(NamedTuple):
    name: str | Promise
    cells: list[PolicyCell]


class PolicySection(NamedTuple):
    """A resource with its actions, or a field with the actions that show it."""

    name: str | Promise
    lines: list[PolicyRow]


class RoleRights(NamedTuple):
    """The rights of one role: for each resource, its actions by scope."""

    key: str
    name: str | Promise
    own: bool
    parts: list[tuple[str | Promise, list[tuple[str | Promise, list[str | Promise]]]]]


def parts() -> list[PolicySection]:
    """Return the whole table of actions."""
    return [
        PolicySection(words.resource_label(resource), _policy_rows(actions, words.SCOPE_LABELS))
        for resource, actions in TABLE.items()
    ]


def field_parts() -> list[PolicySection]:
    """Return the rules of single fields."""
    return [
        PolicySection(words.field_label(field), _policy_rows(rules, words.VISIBILITY_LABELS))
        for resource, fields in FIELDS.items()
        for field, rules in fields.items()
    ]


def of_roles(reader: str) -> list[RoleRights]:
    """Return the table by role, with the reader's own role expanded."""
    return [
        RoleRights(role, name, role == reader, list(_rights_of_role(place)))
        for place, (role, name) in enumerate(ROLES.items())
    ]


def exceptions() -> list[str]:
    """Return what no cell of the table can express, with the durations of this installation."""
    lengths = {
        "visit": round(settings.OPERATOR_VISIT_S / 60),
        "proof": round(settings.REAUTHENTICATION_S / 60),
    }
    return [str(sentence) % lengths for sentence in words.POLICY_EXCEPTIONS]


def _rights_of_role(place: int) -> Iterator[Any]:
    for resource, actions in TABLE.items():
        actions_by_scope: dict[str, list[str | Promise]] = {}
        for action, cells in actions.items():
            actions_by_scope.setdefault(cells.split()[place], []).append(words.action_label(action))
        actions_by_scope.pop("-", None)
        if actions_by_scope:
            scopes = [(words.SCOPE_LABELS[letter], names) for letter, names in actions_by_scope.items()]
            yield words.resource_label(resource), scopes


def _policy_rows(actions: dict[str, str], letters: dict[str, str | Promise]) -> list[PolicyRow]:
    return [
        PolicyRow(words.action_label(action), _policy_cells(cells, letters))
        for action, cells in actions.items()
    ]


def _policy_cells(cells: str, letters: dict[str, str | Promise]) -> list[PolicyCell]:
    return [PolicyCell(letter, letters[letter]) for letter in cells.split()]


class RightsView(SchoolView, TemplateView):
    """The rights page, generated from the table at each request."""

    resource, action = "policy", "view"
    template_name = "policy/rights.html"
    extra_context = {"title": gettext_lazy("Roles and permissions")}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            roles=ROLES.values(),
            parts=parts(),
            field_parts=field_parts(),
            of_roles=of_roles(role_of(self.request.user)),
            exceptions=exceptions(),
            **more,
        )
