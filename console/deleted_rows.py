"""Keep what a deletion removes, so that it can be taken back (`console.undo`).

    return delete_keeping(stored)    # at the end of the service, under its locks; the page offers to undo it
    register_undo("subject.delete", undo_deletion("subject"))  # audited as "subject.restore"

What is kept goes into the ticket of the button, so personal texts have to be sealed first.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from console.audit.trail import record
from console.concurrency import service
from console.policy import scoped
from console.undo import UndoHandler

Kept = dict[str, Any]


def delete_keeping(row: Model) -> Kept:
    """Delete a locked row. Return it, what is deleted with it, and the keys of rows that referenced it."""
    collector = Collector(using=DEFAULT_DB_ALIAS)
    collector.collect([row])
    found = chain.from_iterable([*collector.data.values(), *collector.fast_deletes])
    # Rows between two models of a many-to-many field are part of the row that has the field.
    others = [one for one in found if one != row and not one._meta.auto_created]
    links = []
    updates: Mapping[Any, Any] = collector.field_updates
    for (field, _value), groups in updates.items():
        keys = defaultdict[Any, list[Any]](list)
        for one in chain.from_iterable(groups):
            keys[getattr(one, field.attname)].append(one.pk)
        links += [[field.model._meta.label, field.attname, old, pks] for old, pks in keys.items()]
    kept = {"rows": serializers.serialize("python", [row, *others]), "links": links}
    row.delete()
    plain: Kept = json.loads(json.dumps(kept, default=str))  # str keeps microseconds, unlike Django's encoder
    return plain


@service
def restore_deleted(
    *,
    kept: Mapping[str, Any],
    by: Any,
    resource: str,
    action: str = "delete",
    act: str,
    check: Callable[[Any], None] | None = None,
    about: Callable[[Any], Model] | None = None,
) -> None:
    """Create rows again as they were, with their keys, and the references to them that are still empty.

    `check` raises ValidationError if the row does not fit any more; `about` returns whom the audit entry is
    about. Raise ValidationError, too, if `by` may not do `action` to it, or another row has taken its place.
    """
    try:
        with transaction.atomic():
            row = _insert(kept)
            rows = scoped(row._meta.model._default_manager.all(), by, resource, action)
            if not rows.filter(pk=row.pk).exists():
                raise ValidationError(_("This cannot be taken back."))
            record(act, about(row) if about else row, by=by)
            connection.check_constraints()  # after the entry, of which a deferred trigger makes sure
            if check:
                check(row)
    except IntegrityError:
        message = _("This cannot be taken back: something was added or deleted since. Add it again instead.")
        raise ValidationError(message) from None


def _insert(kept: Mapping[str, Any]) -> Model:
    found = list(serializers.deserialize("python", kept["rows"]))
    for one in found:
        one.save(force_insert=True)
    for label, column, old, keys in kept["links"]:
        rows = apps.get_model(label)._base_manager.filter(pk__in=keys, **{column: None})
        rows.update(**{column: old})
    row: Model = found[0].object
    return row


def undo_deletion(
    name: str, resource: str = "", *, check: Callable[[Any], None] | None = None
) -> UndoHandler:
    """Return the handler of the act `name`.delete; the resource has the same name unless it is given."""

    def undo(by: Any, key: int, values: Mapping[str, Any]) -> None:
        act = f"{name}.restore"
        restore_deleted(kept=values, by=by, resource=resource or name, act=act, check=check)

    return undo
