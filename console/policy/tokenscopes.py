"""What a REST token may do: scopes as "lessons:read", laid over the policy table and never wider than it.

A family names the resources of the table that belong together for a program. READING are the actions that
change nothing; `write` is all the others, and reads too. "all" is every family, also those to come. A token
does what both its scopes and the role of its person allow, asked anew with each request.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.policy.rules import may
from console.policy.table import TABLE

READ, WRITE = "read", "write"
EVERYTHING = "all:write"
READING = frozenset({"list", "view", "export"})

FAMILIES: dict[str, tuple[str, ...]] = {
    "people": ("person",),
    "groups": ("group",),
    "courses": ("course",),
    "lessons": ("lesson", "member", "entry"),
    "documents": ("document",),
    "recordings": ("recording",),
    "attendance": ("attendance",),
    "exchange": ("operation", "callback", "drift"),
    "audit": ("audit",),
}
WORDS: dict[str, str | Promise] = {
    "all": _("Everything"),
    "people": _("People"),
    "groups": _("Groups"),
    "courses": _("Courses"),
    "lessons": _("Lessons"),
    "documents": _("Courseware"),
    "recordings": _("Recordings"),
    "attendance": _("Attendance"),
    "exchange": _("Exchange with iclass"),
    "audit": _("Audit trail"),
}
KINDS: dict[str, str | Promise] = {
    READ: pgettext_lazy("token", "read"),
    WRITE: pgettext_lazy("token", "read and change"),
}


def scope_for(resource: str, action: str) -> str:
    """The scope that this wants; that of everything where the resource is of no family."""
    kind = READ if action in READING else WRITE
    return f"{_family_of(resource)}:{kind}"


def reaches(scopes: Iterable[str], resource: str, action: str) -> bool:
    """Whether these scopes cover it. The role of the person is another question, and is asked as well."""
    held, wanted = set(scopes), scope_for(resource, action)
    family, _colon, kind = wanted.partition(":")
    kinds = {WRITE} if kind == WRITE else {READ, WRITE}
    return any(f"{name}:{one}" in held for name in ("all", family) for one in kinds)


def offered_to(user: Any) -> list[str]:
    """The scopes of which this person's role allows at least a part, read before write."""
    return [scope for scope in known() if _has_part(user, scope)]


def known() -> list[str]:
    """Every scope there is."""
    return [f"{family}:{kind}" for family in ("all", *FAMILIES) for kind in (READ, WRITE)]


def in_words(scope: str) -> str:
    """A scope for reading: "Lessons: read"; one that this version does not know as it is written."""
    family, _colon, kind = scope.partition(":")
    if family not in WORDS or kind not in KINDS:
        return scope
    return f"{WORDS[family]}: {KINDS[kind]}"


def _family_of(resource: str) -> str:
    return next((family for family, resources in FAMILIES.items() if resource in resources), "all")


def _has_part(user: Any, scope: str) -> bool:
    family, _colon, kind = scope.partition(":")
    families = FAMILIES if family == "all" else {family: FAMILIES[family]}
    return any(
        may(user, action, resource)
        for resources in families.values()
        for resource in resources
        for action in TABLE[resource]
        if (action in READING) == (kind == READ)
    )
