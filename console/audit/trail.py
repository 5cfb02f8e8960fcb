"""Writing the trail: `record` in the transaction of the act, `snapshot` and `changes` for what it changed."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models

from console.audit.context import current
from console.audit.models import AuditEntry
from console.vault.fields import Sealed
from console.vault.secret import Secret

CHANGED = "changed"
SYSTEM = "system"


def record(
    action: str,
    obj: models.Model | None = None,
    *,
    by: Any,
    enterprise: Any = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one entry in the caller's transaction, so that act and entry stand or fall together.

    action: resource and verb, as "lesson.start". by: the person; None means the person of this request, or
    the system where there is none. enterprise: taken from `obj`, else from the person. Secrets in before and
    after are written as "changed".
    """
    now = current.get()
    actor = by if by is not None else now.actor
    return AuditEntry.objects.create(
        enterprise_id=enterprise.pk if enterprise is not None else _school_of(obj, actor),
        actor=actor,
        actor_label=actor.get_username()[:120] if actor is not None else SYSTEM,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(obj)[:200] if obj is not None else "",
        before=_plain(before),
        after=_plain(after),
        reason=reason[:500],
        request_id=now.request_id,
    )


def snapshot(obj: models.Model, names: Collection[str] = ()) -> dict[str, Any]:
    """The columns of a row by field name (all, or those named), to be compared by `changes`."""
    fields = [field for field in obj._meta.concrete_fields if not names or field.name in names]
    return {field.name: getattr(obj, field.attname) for field in fields}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as it was and as it is: `record(…, before=was, after=is_)`."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: _told(value) for name, value in values.items()}


def _told(value: Any) -> Any:
    """The value as the trail may hold it."""
    if isinstance(value, Secret | Sealed):
        return CHANGED
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Mapping):
        return {str(name): _told(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_told(inner) for inner in value]
    return value


def _school_of(obj: Any, actor: Any) -> Any:
    if obj is not None and obj._meta.label == "accounts.Enterprise":
        return obj.pk
    own = getattr(obj, "enterprise_id", None)
    return own if own is not None else getattr(actor, "enterprise_id", None)
