"""A row and what hangs on it, in words that are the same for two rows which went the same way."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from console.vault.fields import Ciphertext
from console.vault.secret import Secret

RowState = dict[str, Any]
#: Columns in which two rows that went the same way differ.
VOLATILE_COLUMNS = frozenset(
    {
        "id",
        "created_at",
        "revision",
        "look_at",
        "look_until",
        "look_owner",
        "look_fence",
        "observed_at",
        "seal_id",
    }
)
#: Passwords that acts set, told apart by trying them.
PASSWORDS = ("first-password-7", "second-password-8")


def row_state(row: models.Model, names: Mapping[int, str], *, base: datetime | None = None) -> RowState:
    """All columns of a row, its operations and its lines of the trail, by name.

    `names` gives the people that the row speaks of a name by their key; moments are told in minutes from
    `base`, or as set or not.
    """
    told: RowState = {}
    for column in row._meta.concrete_fields:
        if column.name not in VOLATILE_COLUMNS:
            told[column.name] = _plain(getattr(row, column.attname), column, names, base)
    if isinstance(row, User):
        told["password"] = _password(row)
    return told | _operations(row) | {"trail": audit_counts(row)}


def audit_counts(*rows: models.Model) -> dict[str, int]:
    """How often each action stands on the trail of these rows."""
    found: Counter[str] = Counter()
    for row in rows:
        mine = AuditEntry.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk))
        found.update(mine.values_list("action", flat=True))
    return dict(sorted(found.items()))


def _operations(row: models.Model) -> RowState:
    mine = Operation.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
    told = [(one.kind, one.state, str(sorted(one.args.items()))) for one in mine]
    return {"operations": sorted(told)}


def state_differences(state: RowState, others: Collection[RowState]) -> str:
    """In which columns a state differs from the nearest of the others."""
    told = [
        {
            name: (state.get(name), other.get(name))
            for name in {*state, *other}
            if state.get(name) != other.get(name)
        }
        for other in others
    ]
    return str(min(told, key=len)) if told else "there is none to compare with"


def _plain(value: Any, column: Any, names: Mapping[int, str], base: datetime | None) -> Any:
    if isinstance(column, models.ForeignKey):
        return names.get(value, "another") if column.related_model is User and value else bool(value)
    if isinstance(value, datetime):
        planned = column.name in ("starts_at", "ends_at", "begins_at") and base is not None
        return round((value - base).total_seconds() / 60) if planned and base else True
    if isinstance(value, Secret | Ciphertext):
        return value.reveal()[:12] if isinstance(value, Secret) else True
    return value if isinstance(value, str | int | bool | None) else repr(value)


def _password(person: User) -> str:
    if not person.has_usable_password():
        return "none"
    return next((one for one in PASSWORDS if person.check_password(one)), "another")
