"""Write audit entries: `record` in the transaction of the action, with `snapshot` and `diff_snapshots`;
`record_for_each` for many people at once."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import models, transaction

from console.audit.models import AuditEntry, PersonalDataAccess
from console.audit.personal_data import Sealer, is_person, make_sealer, personal_fields, seal_for
from console.audit.request_context import current_context
from console.http.client_address import client_address
from console.policy.masking import without_callback_token
from console.vault.fields import Ciphertext
from console.vault.secret import Secret

CHANGED_MARKER = "changed"
SYSTEM_ACTOR = "system"
#: Columns that are secret but not encrypted, because rows are looked up by them.
TOKEN_COLUMNS = frozenset({"callback_token"})
LABEL_LENGTH = 60
ACCESS_BATCH_SIZE = 2_000


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
    """Write one entry in the caller's transaction, so that action and entry are committed together.

    `action` is resource and verb, such as "lesson.start". `by` is the person; None means the user of the
    current request, or the system without one; the label of a request names a guardian. `enterprise` defaults
    to that of `obj`, then of the person. Secrets in `before` and `after` are written as "changed"; personal
    data is encrypted with the person's key. `looks` is set by `record_data_access`.
    """
    entry = _build_entry(
        action, obj, seal_for, by, enterprise, before=before, after=after, reason=reason, looks=looks
    )
    entry.save(force_insert=True)
    return entry


def record_for_each(
    action: str, people: Sequence[models.Model], *, by: Any, after: Mapping[str, Any] | None, reason: str = ""
) -> None:
    """Write an entry about each of these people, as `record` does, with few queries for all of them."""
    seal = make_sealer(people)
    entries = [_build_entry(action, one, seal, by, after=after, reason=reason) for one in people]
    AuditEntry.objects.bulk_create(entries)


def _build_entry(
    action: str,
    obj: models.Model | None,
    seal: Sealer,
    by: Any,
    enterprise: Any = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    looks: bool = False,
) -> AuditEntry:
    context = current_context.get()
    actor = by if by is not None else context.actor
    return AuditEntry(
        enterprise_id=enterprise.pk if enterprise is not None else _enterprise_id_of(obj, actor),
        actor=actor,
        actor_label=(actor.get_username() if actor is not None else context.label or SYSTEM_ACTOR)[:120],
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=_object_label(obj, seal),
        before=_storable_values(before, obj, seal),
        after=_storable_values(after, obj, seal),
        reason=reason[:500],
        request_id=context.request_id,
        address=client_address(context.request) if context.request is not None else "",
        looks=looks,
    )


@transaction.atomic
def record_data_access(
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
    """Record that `by` saw these fields of people unmasked, on a page or in a file.

    `people` are users or their IDs; empty for guests, who have no row. `obj` is the object of the entry, by
    default the person if there is only one. The page of each person lists the access.
    """
    people = list(people)
    ids = sorted({getattr(person, "pk", person) for person in people})
    if obj is None and len(people) == 1 and is_person(people[0]):
        obj = people[0]
    access = {
        **(after or {}),
        "fields": sorted(fields),
        "people": len(ids),
        "people_digest": people_digest(ids),
    }
    entry = record(action, obj, by=by, enterprise=enterprise, after=access, reason=reason, looks=True)
    rows = (PersonalDataAccess(entry=entry, person_id=pk, fields=sorted(fields)) for pk in ids)
    while batch := list(islice(rows, ACCESS_BATCH_SIZE)):  # an export of a school has many rows
        PersonalDataAccess.objects.bulk_create(batch)
    return entry


def people_digest(ids: Iterable[int]) -> str:
    """Return the SHA-256 of ascending IDs. The entry holds it, so that the chain covers the people."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


def snapshot(obj: models.Model, names: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns of a row by field name (all, or those named), for `diff_snapshots`."""
    fields = [field for field in obj._meta.concrete_fields if not names or field.name in names]
    return {field.name: getattr(obj, field.attname) for field in fields}


def diff_snapshots(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that differ, before and after, for the arguments of `record`."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _object_label(obj: models.Model | None, seal: Sealer) -> str:
    """Return the label of an object. Names of people are encrypted; `audit_label` avoids names in labels."""
    if obj is None:
        return ""
    if is_person(obj):
        return seal(obj, str(obj)[:LABEL_LENGTH])
    label = getattr(obj, "audit_label", None)
    return str(label if label is not None else obj)[:200]


def _storable_values(
    values: Mapping[str, Any] | None, obj: models.Model | None, seal: Sealer
) -> dict[str, Any] | None:
    if values is None:
        return None
    personal = personal_fields(obj)
    return {
        name: seal(obj, value) if name in personal and value not in ("", None) else _storable_value(value)
        for name, value in values.items()
        if name not in TOKEN_COLUMNS
    } | dict.fromkeys(values.keys() & TOKEN_COLUMNS, CHANGED_MARKER)


def _storable_value(value: Any) -> Any:
    """Return a value that may be stored: without secrets, and serializable as JSON."""
    if isinstance(value, Secret | Ciphertext):
        return CHANGED_MARKER
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Mapping):
        return {str(name): _storable_value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_storable_value(inner) for inner in value]
    return without_callback_token(value)


def _enterprise_id_of(obj: Any, actor: Any) -> Any:
    if obj is not None and obj._meta.label == "accounts.Enterprise":
        return obj.pk
    enterprise_id = getattr(obj, "enterprise_id", None)
    return enterprise_id if enterprise_id is not None else getattr(actor, "enterprise_id", None)
