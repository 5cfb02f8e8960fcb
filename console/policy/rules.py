"""Queries on the policy table, used by views, admin, REST, templates and exports.

In AppConfig.ready(), each app registers how a resource relates to its school and its owner:
    register("lesson", of_school="enterprise", own=lambda user: Q(teacher=user) | Q(assistants=user))
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext

from console.policy import masking
from console.policy.field_table import FIELDS, VISIBILITIES, FieldVisibility
from console.policy.switches import SWITCHED, days_limit, letters, switched_letter
from console.policy.table import OUTSIDE_ONLY, ROLES, SCOPES, TABLE, Scope

M = TypeVar("M", bound=Model)


class OwnRows(NamedTuple):
    """The rows that an `O` cell covers for some actions: as a condition, and for one row without a query."""

    own: Callable[[Any], Q]
    owns: Callable[[Any, Any], bool]


class Ownership(NamedTuple):
    of_school: str
    own: Callable[[Any], Q]
    owns: Callable[[Any, Any], bool] | None
    seen: Callable[[Any], Q]
    narrower: Mapping[str, OwnRows] = MappingProxyType({})
    not_own: str | Promise = ""

    def condition_for(self, action: str) -> Callable[[Any], Q]:
        """Return the condition of the rows that an `O` cell covers for this action."""
        if action in self.narrower:
            return self.narrower[action].own
        return self.seen if action in READ_ACTIONS else self.own

    def check_for(self, action: str) -> Callable[[Any, Any], bool] | None:
        """Return the same for one row; None if the database is queried."""
        return self.narrower[action].owns if action in self.narrower else self.owns


#: Actions that also cover rows shown to users who do not own them.
READ_ACTIONS = ("list", "view")
_ownership: dict[str, Ownership] = {}


def register(
    resource: str,
    *,
    of_school: str,
    own: Callable[[Any], Q] | None = None,
    owns: Callable[[Any, Any], bool] | None = None,
    seen: Callable[[Any], Q] | None = None,
    narrower: Mapping[str, tuple[Callable[[Any], Q], Callable[[Any, Any], bool]]] | None = None,
    not_own: str | Promise = "",
) -> None:
    """Register how rows of a resource relate to their school and their owner.

    of_school: the lookup path to the school ("enterprise", "lesson__enterprise"; "pk" on the school).
    own(user): the condition of the user's own rows. Write to-many relations as a subquery, so that no row is
    returned twice. Required where the table has an `O`.
    owns(user, row): the same check for one row. Without it the database is queried.
    seen(user): the condition for listing and viewing, where users may see more than their own rows.
    narrower: the actions that cover fewer rows than `own`, each with its condition and its check of one row.
    not_own: the message for a user whose role has the right to own rows, about a row of somebody else.
    """
    if own is None and any("O" in cells for cells in _cells(resource).values()):
        raise LookupError(f"The policy table has own rows of {resource!r}; register the condition `own`.")
    narrow = {action: OwnRows(*pair) for action, pair in (narrower or {}).items()}
    shown = seen or own or _no_rows
    _ownership[resource] = Ownership(of_school, own or _no_rows, owns, shown, narrow, not_own)


def unregistered_resources() -> list[str]:
    """Return the resources of the table that no app has registered."""
    return [resource for resource in TABLE if resource not in _ownership]


def role_of(user: Any) -> str:
    """Return the role as a column of the table; empty for anonymous, unknown and deactivated users."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ""
    if user.is_superuser:
        return "operator"
    return user.role if user.role in ROLES and user.role != "operator" else ""


def current_school(request: HttpRequest) -> Any:
    """Return the school of this session; None for anonymous users and operators outside of schools."""
    user = getattr(request, "user", None)
    return user.enterprise if user is not None and role_of(user) else None


def scope_of(user: Any, action: str, resource: str) -> Scope:
    """Return the scope of a right, with the switches of the user's school.

    LookupError if the table has no such action or resource.
    """
    role = role_of(user)
    scope = _scopes(resource, action).get(role, Scope.NONE)
    if role == "operator":
        return _operator_scope(user, action, resource, scope)
    if (resource, action, role) in SWITCHED:  # only these cells depend on the school
        return SCOPES.get(switched_letter(user.enterprise, resource, action, role), scope)
    return scope


def days_allowed(user: Any, action: str, resource: str) -> int | None:
    """Return for how many days after the day of a lesson the user has this right; None for no limit."""
    role = role_of(user)
    return days_limit(user.enterprise, resource, action, role) if role else None


def _operator_scope(user: Any, action: str, resource: str, scope: Scope) -> Scope:
    """Return the scope of an operator: all schools outside of a visit, the visited school during one."""
    if user.enterprise_id is None:
        return scope if scope == Scope.ALL else Scope.NONE
    if scope == Scope.ALL:
        return Scope.NONE if (resource, action) in OUTSIDE_ONLY else Scope.SCHOOL
    return scope


def may(user: Any, action: str, resource: str, obj: Model | None = None) -> bool:
    """Return whether the user may do this at all, or to `obj` if given."""
    scope = scope_of(user, action, resource)
    if obj is None or scope in (Scope.ALL, Scope.NONE):
        return scope != Scope.NONE
    ownership = _ownership_of(resource)
    if user.enterprise_id is None or _school_of(obj, ownership.of_school) != user.enterprise_id:
        return False
    return scope == Scope.SCHOOL or _owns(user, obj, ownership, action)


def scoped(queryset: QuerySet[M], user: Any, resource: str, action: str = "view") -> QuerySet[M]:
    """Return the rows to which the user may do this."""
    scope = scope_of(user, action, resource)
    if scope == Scope.NONE:
        return queryset.none()
    if scope == Scope.ALL:
        return queryset
    rows = in_school(queryset, user, resource)
    return rows.filter(_ownership_of(resource).condition_for(action)(user)) if scope == Scope.OWN else rows


def in_school(queryset: QuerySet[M], user: Any, resource: str) -> QuerySet[M]:
    """Return the rows of the user's school, whatever their rights. Rows of other schools do not exist."""
    if role_of(user) == "operator" and user.enterprise_id is None:
        return queryset if Scope.ALL in _all_scopes(resource, "operator") else queryset.none()
    if not role_of(user) or user.enterprise_id is None:
        return queryset.none()
    return queryset.filter(**{_ownership_of(resource).of_school: user.enterprise_id})


def field_visibility(user: Any, action: str, resource: str) -> dict[str, FieldVisibility]:
    """Return how this user sees the sensitive fields of a resource; other fields follow their row."""
    return dict(_field_visibility(role_of(user), action, resource))


def field_action(user: Any, action: str, resource: str, row: Model) -> str:
    """Return the action by which the user sees the fields of a row: of one that they view without owning it
    (`seen`), as in a list, so that contacts stay closed."""
    ownership = _ownership_of(resource)
    is_shown = ownership.seen is not ownership.own and scope_of(user, action, resource) == Scope.OWN
    if action != "view" or not is_shown:
        return action
    own = row._meta.model._base_manager.filter(ownership.own(user), pk=row.pk)
    return "view" if own.exists() else "list"


def visible_value(user: Any, action: str, resource: str, field: str, value: str) -> str:
    """Return the value as this user may see it: clear, masked, or empty."""
    visibility = _field_visibility(role_of(user), action, resource).get(field, FieldVisibility.CLEAR)
    if visibility == FieldVisibility.CLEAR or not value:
        return value
    return masking.mask(value) if visibility == FieldVisibility.MASKED else ""


def refusal_message(user: Any, action: str, resource: str, obj: Model | None = None) -> str:
    """Return the message for a refused user: that the row is not theirs, or else the roles that may do this,
    and what to do next."""
    if obj is not None and scope_of(user, action, resource) == Scope.OWN:
        text = _ownership_of(resource).not_own
        if text and not may(user, "view", resource, obj):
            return str(text)
    if role_of(user) == "operator" and (message := _operator_message(user, action, resource)):
        return message
    able = able_roles(user, action, resource)
    if not able:
        return gettext("No one can do this.")
    return gettext(
        "Your role does not allow this. It is allowed for: %(roles)s. Ask a school administrator."
    ) % {"roles": ", ".join(able)}


def able_roles(user: Any, action: str, resource: str, *, unlimited: bool = False) -> list[str]:
    """Return the names of the roles that may do this in the user's school; `unlimited`: at any time."""
    school = user.enterprise if role_of(user) else None
    roles = zip(ROLES.items(), letters(school, resource, action, tuple(ROLES)), strict=True)
    return [
        str(name)
        for (role, name), letter in roles
        if letter != "-" and not (unlimited and days_limit(school, resource, action, role) is not None)
    ]


def _operator_message(user: Any, action: str, resource: str) -> str:
    """Return what an operator has to do first; empty where neither entering nor leaving a school helps."""
    if _scopes(resource, action)["operator"] == Scope.NONE:
        return ""
    if user.enterprise_id is None:
        return gettext(
            "This page belongs to a school that you have not entered. Choose the school in "
            "the list and enter it with a reason."
        )
    if (resource, action) in OUTSIDE_ONLY:
        return gettext(
            "This is only possible outside of a school. Leave this school, then use the "
            "list of schools or “All tables”."
        )
    return ""


def _no_rows(user: Any) -> Q:
    return Q(pk__in=())


def _cells(resource: str) -> dict[str, str]:
    try:
        return TABLE[resource]
    except KeyError:
        raise LookupError(f"The policy table knows no resource {resource!r}.") from None


@cache
def _scopes(resource: str, action: str) -> dict[str, Scope]:
    try:
        return _parse_row(_cells(resource)[action], SCOPES)
    except KeyError:
        raise LookupError(f"The policy table knows no action {action!r} on {resource!r}.") from None


@cache
def _field_visibility(role: str, action: str, resource: str) -> dict[str, FieldVisibility]:
    _scopes(resource, action)  # raises LookupError for an unknown resource or action
    return {
        name: _parse_row(actions[action], VISIBILITIES).get(role, FieldVisibility.HIDDEN)
        if action in actions
        else FieldVisibility.HIDDEN
        for name, actions in FIELDS.get(resource, {}).items()
    }


def _all_scopes(resource: str, role: str) -> set[Scope]:
    return {_scopes(resource, action)[role] for action in _cells(resource)}


def _parse_row(cells: str, letters: dict[str, Any]) -> dict[str, Any]:
    return dict(zip(ROLES, (letters[letter] for letter in cells.split()), strict=True))


def _ownership_of(resource: str) -> Ownership:
    try:
        return _ownership[resource]
    except KeyError:
        raise LookupError(f"No app has registered how {resource!r} knows its school and owner.") from None


def _school_of(obj: Any, path: str) -> Any:
    *steps, last = path.split("__")
    for step in steps:
        obj = getattr(obj, step)
    return obj.pk if last == "pk" else getattr(obj, obj._meta.get_field(last).attname)


def _owns(user: Any, obj: Model, ownership: Ownership, action: str) -> bool:
    check = ownership.check_for(action)
    if check is not None:
        return check(user, obj)
    return obj._meta.model._base_manager.filter(ownership.condition_for(action)(user), pk=obj.pk).exists()
