"""The page of the policy table: a matrix on wide screens, otherwise a list for each role."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import TemplateView

from console.policy import labels as words
from console.policy.field_table import FIELDS
from console.policy.rules import current_school, may, role_of
from console.policy.switches import SWITCHES, Switch, is_changed, letters, switched_letter
from console.policy.table import ROLES, TABLE
from console.policy.views import SchoolView


class PolicyCell(NamedTuple):
    """A cell of the table: its letter and its label, and whether a switch of the school changed it."""

    letter: str
    words: str | Promise
    changed: bool = False


class SwitchState(NamedTuple):
    """A switch as it stands in a school; `changed` says that it is not at its default."""

    label: str | Promise
    explanation: str | Promise
    on: bool
    changed: bool
    days: int | None


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


def parts(school: Any = None) -> list[PolicySection]:
    """Return the whole table of actions, with the cells that switches of the school changed."""
    return [
        PolicySection(
            words.resource_label(resource),
            [
                PolicyRow(words.action_label(action), _switched_cells(school, resource, action))
                for action in actions
            ],
        )
        for resource, actions in TABLE.items()
    ]


def switch_states(school: Any) -> list[SwitchState]:
    """Return the switches of a school; none outside of schools."""
    return [
        SwitchState(
            switch.label,
            switch.explanation,
            on := bool(getattr(school, switch.name)),
            is_changed(school, switch),
            getattr(school, switch.days) if switch.days and on else None,
        )
        for switch in (SWITCHES if school is not None else ())
    ]


def switch_effects(switch: Switch, *, on: bool) -> list[str]:
    """Return a line for the cells of each role that turning the switch on or off changes."""
    lines = []
    for cells in switch.cells:
        written = TABLE[cells.resource][cells.actions[0]].split()[list(ROLES).index(cells.role)]
        before, after = (written, cells.letter) if on != switch.is_on else (cells.letter, written)
        lines.append(
            gettext("%(role)s · %(resource)s: %(actions)s: %(before)s → %(after)s")
            % {
                "role": ROLES[cells.role],
                "resource": words.resource_label(cells.resource),
                "actions": ", ".join(str(words.action_label(action)) for action in cells.actions),
                "before": words.SCOPE_LABELS[before],
                "after": words.SCOPE_LABELS[after],
            }
        )
    return lines


def field_parts() -> list[PolicySection]:
    """Return the rules of single fields."""
    return [
        PolicySection(words.field_label(field), _policy_rows(rules, words.VISIBILITY_LABELS))
        for resource, fields in FIELDS.items()
        for field, rules in fields.items()
    ]


def of_roles(reader: str, school: Any = None) -> list[RoleRights]:
    """Return the table by role, with the reader's own role expanded."""
    return [
        RoleRights(role, name, role == reader, list(_rights_of_role(role, school)))
        for role, name in ROLES.items()
    ]


def exceptions() -> list[str]:
    """Return what no cell of the table can express, with the durations of this installation."""
    lengths = {
        "visit": round(settings.OPERATOR_VISIT_S / 60),
        "proof": round(settings.REAUTHENTICATION_S / 60),
    }
    return [str(sentence) % lengths for sentence in words.POLICY_EXCEPTIONS]


def _rights_of_role(role: str, school: Any) -> Iterator[Any]:
    for resource, actions in TABLE.items():
        actions_by_scope: dict[str, list[str | Promise]] = {}
        for action in actions:
            (letter,) = letters(school, resource, action, (role,))
            actions_by_scope.setdefault(letter, []).append(words.action_label(action))
        actions_by_scope.pop("-", None)
        if actions_by_scope:
            scopes = [(words.SCOPE_LABELS[letter], names) for letter, names in actions_by_scope.items()]
            yield words.resource_label(resource), scopes


def _policy_rows(actions: dict[str, str], letters: dict[str, str | Promise]) -> list[PolicyRow]:
    return [
        PolicyRow(words.action_label(action), _policy_cells(cells, letters))
        for action, cells in actions.items()
    ]


def _switched_cells(school: Any, resource: str, action: str) -> list[PolicyCell]:
    roles = tuple(ROLES)
    return [
        PolicyCell(letter, words.SCOPE_LABELS[letter], bool(switched_letter(school, resource, action, role)))
        for role, letter in zip(roles, letters(school, resource, action, roles), strict=True)
    ]


def _policy_cells(cells: str, letters: dict[str, str | Promise]) -> list[PolicyCell]:
    return [PolicyCell(letter, letters[letter]) for letter in cells.split()]


class RightsView(SchoolView, TemplateView):
    """The rights page, generated from the table at each request."""

    resource, action = "policy", "view"
    template_name = "policy/rights.html"
    extra_context = {"title": gettext_lazy("Roles and permissions")}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        school = current_school(self.request)
        return super().get_context_data(
            roles=ROLES.values(),
            parts=parts(school),
            switches=switch_states(school),
            may_change=may(self.request.user, "change", "policy"),
            field_parts=field_parts(),
            of_roles=of_roles(role_of(self.request.user), school),
            exceptions=exceptions(),
            **more,
        )
