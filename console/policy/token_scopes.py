"""Scopes of REST tokens, such as "lessons:read"; they limit the policy table and never extend it.

A family groups resources of the table. `read` covers READ_ACTIONS; `write` covers all actions. "all" is every
family, including future ones. A token may do what both its scopes and the role of its person allow, checked
at each request.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.policy.rules import may
from console.policy.table import TABLE

READ, WRITE = "read", "write"
ALL_SCOPE = "all:write"
READ_ACTIONS = frozenset({"list", "view", "export"})
#: Actions that pages alone offer: no scope is offered for their sake.
PAGE_ACTIONS = frozenset({"enter_room", "subject_access", "own"})
#: Families that programs can only read: a scope to change them would be of no use.
READ_ONLY_FAMILIES = frozenset({"exports"})

FAMILIES: dict[str, tuple[str, ...]] = {
    "people": ("person",),
    "groups": ("group", "grade", "charge"),
    "courses": ("course", "subject"),
    "lessons": ("lesson", "member", "entry"),
    "documents": ("document",),
    "recordings": ("recording",),
    "attendance": ("attendance", "attendance_grade", "attendance_code"),
    "leave": ("leave",),
    "appeals": ("appeal",),
    "warnings": ("warning",),
    "warning_rules": ("threshold",),
    "cover": ("cover",),
    "exports": ("export_schedule",),
    "channels": ("channel",),
    "webhooks": ("webhook",),
    "notifications": ("notice",),
    "rights": ("policy",),
    "exchange": ("operation", "callback", "drift", "job"),
    "audit": ("audit",),
}
FAMILY_LABELS: dict[str, str | Promise] = {
    "all": _("All"),
    "people": _("People"),
    "groups": _("Groups"),
    "courses": _("Courses"),
    "lessons": _("Lessons"),
    "documents": _("Courseware"),
    "recordings": _("Recordings"),
    "attendance": _("Attendance"),
    "leave": _("Leave"),
    "appeals": _("Appeals"),
    "warnings": _("Warnings"),
    "warning_rules": _("Warning rules"),
    "cover": _("Cover"),
    "exports": _("Scheduled exports"),
    "channels": _("Message channels"),
    "webhooks": _("Webhooks"),
    "notifications": _("Notifications"),
    "rights": _("Roles and permissions"),
    "exchange": _("Sync with iclass"),
    "audit": _("Audit trail"),
}
ACCESS_LABELS: dict[str, str | Promise] = {
    READ: pgettext_lazy("token", "read"),
    WRITE: pgettext_lazy("token", "read and change"),
}


def required_scope(resource: str, action: str) -> str:
    """Return the scope that this action requires; that of "all" if the resource has no family."""
    kind = READ if action in READ_ACTIONS else WRITE
    return f"{_family_of(resource)}:{kind}"


def covers(scopes: Iterable[str], resource: str, action: str) -> bool:
    """Return whether these scopes cover the action. The role of the person is checked separately."""
    held, required = set(scopes), required_scope(resource, action)
    family, _colon, kind = required.partition(":")
    kinds = {WRITE} if kind == WRITE else {READ, WRITE}
    return any(f"{name}:{one}" in held for name in ("all", family) for one in kinds)


def scopes_offered_to(user: Any) -> list[str]:
    """Return the scopes of which this person's role allows at least a part, read before write."""
    return [scope for scope in all_scopes() if _allows_part(user, scope)]


def all_scopes() -> list[str]:
    """Return every scope."""
    return [
        f"{family}:{kind}"
        for family in ("all", *FAMILIES)
        for kind in ((READ,) if family in READ_ONLY_FAMILIES else (READ, WRITE))
    ]


def scope_label(scope: str) -> str:
    """Return the label of a scope ("Lessons: read"); an unknown scope is shown as written."""
    family, _colon, kind = scope.partition(":")
    if family not in FAMILY_LABELS or kind not in ACCESS_LABELS:
        return scope
    return f"{FAMILY_LABELS[family]}: {ACCESS_LABELS[kind]}"


def _family_of(resource: str) -> str:
    return next((family for family, resources in FAMILIES.items() if resource in resources), "all")


def _allows_part(user: Any, scope: str) -> bool:
    family, _colon, kind = scope.partition(":")
    families = FAMILIES if family == "all" else {family: FAMILIES[family]}
    return any(
        may(user, action, resource)
        for resources in families.values()
        for resource in resources
        for action in TABLE[resource].keys() - PAGE_ACTIONS
        if (action in READ_ACTIONS) == (kind == READ)
    )
