"""Writing the trail: `record` in the transaction of the act, `snapshot` and `changes` for what it changed."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import models, transaction

from console.audit.context import current
from console.audit.models import AuditEntry, Seen
from console.audit.personal import is_person, personal_fields, seal_for
from console.client_address import client_address
from console.vault.fields import Sealed
from console.vault.secret import Secret

CHANGED = "changed"
SYSTEM = "system"
LABEL = 60
SEEN_AT_ONCE = 2_000


def record(
    action: str,
    obj: models.Model | None = None,
    *,
    by: Any,
    enterprise: Any = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    looks: bool = False,
) -> AuditEntry:
    """Write one entry in the caller's transaction, so that act and entry stand or fall together.

    action: resource and verb, as "lesson.start". by: the person; None means the person of this request, or
    the system where there is none. enterprise: taken from `obj`, else from the person. Secrets in before and
    after are written as "changed", what is a person's own is sealed under that person's key. `looks` is for
    `record_seen`.
    """
    now = current.get()
    actor = by if by is not None else now.actor
    own = personal_fields(obj)
    return AuditEntry.objects.create(
        enterprise_id=enterprise.pk if enterprise is not None else _school_of(obj, actor),
        actor=actor,
        actor_label=actor.get_username()[:120] if actor is not None else SYSTEM,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=_label(obj),
        before=_plain(before, obj, own),
        after=_plain(after, obj, own),
        reason=reason[:500],
        request_id=now.request_id,
        address=client_address(now.request) if now.request is not None else "",
        looks=looks,
    )


@transaction.atomic
def record_seen(
    action: str,
    people: Iterable[Any],
    fields: Collection[str],
    *,
    by: Any,
    obj: models.Model | None = None,
    enterprise: Any = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write that `by` saw these fields of people whole, on a page or in a file.

    people: persons or their ids; none for guests, who have no row. obj: what it was about, by default the
    person where it is one alone. Each person's own page lists it.
    """
    people = list(people)
    ids = sorted({getattr(one, "pk", one) for one in people})
    if obj is None and len(people) == 1 and is_person(people[0]):
        obj = people[0]
    told = {
        **(after or {}),
        "fields": sorted(fields),
        "people": len(ids),
        "people_digest": people_digest(ids),
    }
    entry = record(action, obj, by=by, enterprise=enterprise, after=told, reason=reason, looks=True)
    rows = (Seen(entry=entry, person_id=one, fields=sorted(fields)) for one in ids)
    while bundle := list(islice(rows, SEEN_AT_ONCE)):  # an export of a whole school is many
        Seen.objects.bulk_create(bundle)
    return entry


def people_digest(ids: Iterable[int]) -> str:
    """SHA-256 over ascending ids: the entry, and so the chain, covers who was seen."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


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


def _label(obj: models.Model | None) -> str:
    """The thing as it was called. A person's name is theirs, and so is what is called after one."""
    if obj is None:
        return ""
    if is_person(obj):
        return seal_for(obj, str(obj)[:LABEL])
    named_after = getattr(obj, "audit_label", None)
    return str(named_after if named_after is not None else obj)[:200]


def _plain(
    values: Mapping[str, Any] | None, obj: models.Model | None, own: Collection[str]
) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        name: seal_for(obj, value) if name in own and value not in ("", None) else _told(value)
        for name, value in values.items()
    }


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
