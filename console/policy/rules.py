"""The questions that views, admin, REST, templates and exports ask of the policy table.

Apps say once, in their AppConfig.ready(), how a resource knows its school and its owner:

    register("lesson", of_school="enterprise", own=lambda user: Q(teacher=user) | Q(assistants=user))
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from console.failpoints import defence
from console.policy import masking
from console.policy.table import FIELDS, OUTSIDE_ONLY, ROLES, SCOPES, SIGHTS, TABLE, Scope, Sight

M = TypeVar("M", bound=Model)
NARROWED = defence("policy.narrowed", "queries are narrowed to the school of the reader")


class Ownership(NamedTuple):
    of_school: str
    own: Callable[[Any], Q]
    owns: Callable[[Any, Any], bool] | None
    seen: Callable[[Any], Q]

    def reached(self, action: str) -> Callable[[Any], Q]:
        """The condition of the rows that an `O` reaches by this action."""
        return self.seen if action in READING else self.own


#: What somebody may do to rows that are shown to them without being theirs.
READING = ("list", "view")
_ownership: dict[str, Ownership] = {}


def register(
    resource: str,
    *,
    of_school: str,
    own: Callable[[Any], Q] | None = None,
    owns: Callable[[Any, Any], bool] | None = None,
    seen: Callable[[Any], Q] | None = None,
) -> None:
    """Say how rows of a resource know their school and their owner.

    of_school: the path to the school as in a filter ("enterprise", "lesson__enterprise"; "pk" on the school).
    own(user): the condition of the user's own rows; to-many relations as a subquery, so that no row doubles.
    Needed where the table has an `O`.
    owns(user, row): the same of one row; without it the condition is asked of the database.
    seen(user): the condition for listing and viewing, where more is shown than is one's own.
    """
    if own is None and any("O" in cells for cells in _cells(resource).values()):
        raise LookupError(f"The policy table speaks of own rows of {resource!r}; say which they are.")
    _ownership[resource] = Ownership(of_school, own or _nothing, owns, seen or own or _nothing)


def unregistered() -> list[str]:
    """Resources of the table of which no app has said whose they are."""
    return [resource for resource in TABLE if resource not in _ownership]


def role_of(user: Any) -> str:
    """The column of the table; empty for strangers, unknown roles and people who were deactivated."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ""
    if user.is_superuser:
        return "operator"
    return user.role if user.role in ROLES and user.role != "operator" else ""


def current_school(request: HttpRequest) -> Any:
    """The school whose data this session sees; None for strangers and for operators outside of schools."""
    user = getattr(request, "user", None)
    return user.enterprise if user is not None and role_of(user) else None


def scope_of(user: Any, action: str, resource: str) -> Scope:
    """How far the right reaches. LookupError for an action or a resource that the table does not know."""
    scope = _scopes(resource, action).get(role_of(user), Scope.NONE)
    return _of_operator(user, action, resource, scope) if role_of(user) == "operator" else scope


def _of_operator(user: Any, action: str, resource: str, scope: Scope) -> Scope:
    """Outside of schools an operator has the rights over all of them, inside one those over that one."""
    if user.enterprise_id is None:
        return scope if scope == Scope.ALL else Scope.NONE
    if scope == Scope.ALL:
        return Scope.NONE if (resource, action) in OUTSIDE_ONLY else Scope.SCHOOL
    return scope


def may(user: Any, action: str, resource: str, obj: Model | None = None) -> bool:
    """Whether the user may do this at all, or to `obj` where one is given."""
    scope = scope_of(user, action, resource)
    if obj is None or scope in (Scope.ALL, Scope.NONE):
        return scope != Scope.NONE
    ownership = _ownership_of(resource)
    if user.enterprise_id is None or _school_of(obj, ownership.of_school) != user.enterprise_id:
        return False
    return scope == Scope.SCHOOL or _owns(user, obj, ownership, action)


def scoped(queryset: QuerySet[M], user: Any, resource: str, action: str = "view") -> QuerySet[M]:
    """The rows to which the user may do this."""
    scope = scope_of(user, action, resource)
    if scope == Scope.NONE:
        return queryset.none()
    if scope == Scope.ALL:
        return queryset
    rows = in_school(queryset, user, resource)
    return rows.filter(_ownership_of(resource).reached(action)(user)) if scope == Scope.OWN else rows


def in_school(queryset: QuerySet[M], user: Any, resource: str) -> QuerySet[M]:
    """The rows of the user's school, whatever may be done to them: beyond it, rows do not exist."""
    if role_of(user) == "operator" and user.enterprise_id is None:
        return queryset if Scope.ALL in _all_scopes(resource, "operator") else queryset.none()
    if not role_of(user) or user.enterprise_id is None:
        return queryset.none()
    if not NARROWED.up:
        return queryset
    return queryset.filter(**{_ownership_of(resource).of_school: user.enterprise_id})


def fields(user: Any, action: str, resource: str) -> dict[str, Sight]:
    """How this user sees the sensitive fields of a resource; a field not named here goes with its row."""
    return dict(_sights(role_of(user), action, resource))


def shown(user: Any, action: str, resource: str, field: str, value: str) -> str:
    """The value as this user may see it: whole, masked, or empty."""
    sight = _sights(role_of(user), action, resource).get(field, Sight.CLEAR)
    if sight == Sight.CLEAR or not value:
        return value
    return masking.mask(value) if sight == Sight.MASKED else ""


def refusal(action: str, resource: str) -> str:
    """The sentence for someone who may not: who may, and what to do next."""
    able = [str(ROLES[role]) for role, scope in _scopes(resource, action).items() if scope != Scope.NONE]
    if not able:
        return gettext("Nobody can do this here.")
    return gettext(
        "Your role does not allow this. It is for: %(roles)s. Ask an administrator of your school."
    ) % {"roles": ", ".join(able)}


def _nothing(user: Any) -> Q:
    return Q(pk__in=())


def _cells(resource: str) -> dict[str, str]:
    try:
        return TABLE[resource]
    except KeyError:
        raise LookupError(f"The policy table knows no resource {resource!r}.") from None


@cache
def _scopes(resource: str, action: str) -> dict[str, Scope]:
    try:
        return _row(_cells(resource)[action], SCOPES)
    except KeyError:
        raise LookupError(f"The policy table knows no action {action!r} on {resource!r}.") from None


@cache
def _sights(role: str, action: str, resource: str) -> dict[str, Sight]:
    _scopes(resource, action)  # that the table knows both
    return {
        name: _row(actions[action], SIGHTS).get(role, Sight.HIDDEN) if action in actions else Sight.HIDDEN
        for name, actions in FIELDS.get(resource, {}).items()
    }


def _all_scopes(resource: str, role: str) -> set[Scope]:
    return {_scopes(resource, action)[role] for action in _cells(resource)}


def _row(cells: str, letters: dict[str, Any]) -> dict[str, Any]:
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
    if ownership.owns is not None:
        return ownership.owns(user, obj)
    return type(obj)._base_manager.filter(ownership.reached(action)(user), pk=obj.pk).exists()
