"""Resolve differences of documents. The API has no document/modify, so only its values can be accepted."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.mirror.upsert import get_or_create_person
from accounts.models import Role, User
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import service
from console.mirror.differences import update_sync_state
from console.mirror.duplicates import COPY_OF_FIELD
from console.mirror.registry import register_mirrored_model
from console.outbox.models import Operation
from console.outbox.states import SyncState
from documents.mirror.upsert import OPTIONAL_FIELDS
from documents.models import Document
from documents.remote_fields import desired_document_fields
from documents.services import delete_document, lock_document, push_document

#: Key of `observed` → our column.
FIELD_COLUMNS = {
    "name": "name",
    "ext": "ext",
    "bytes": "bytes",
    "md5": "md5",
    "permission": "permission",
    "transcode": "transcode_wanted",
}
FIELD_LABELS: dict[str, str | Promise] = {
    "name": pgettext_lazy("thing", "name"),
    "ext": gettext_lazy("type"),
    "bytes": gettext_lazy("size"),
    "md5": "MD5",
    "owner": gettext_lazy("owner"),
    "permission": gettext_lazy("visibility"),
    "transcode": gettext_lazy("create an animated version"),
    COPY_OF_FIELD: gettext_lazy("duplicate of"),
}


@service
def resend_document(document: Document, fields: Collection[str], by: User | None) -> Operation:
    """Add a remotely deleted document again. Raise ValidationError if the API has it."""
    stored = lock_document(document)
    if stored.sync_state == SyncState.GONE:
        stored.forget_remote()
    return push_document(document=stored, by=by)


@service
def accept_remote_document(document: Document, fields: Collection[str], by: User | None) -> None:
    """Set our columns to the API's values; an unknown owner is created.

    A remotely deleted document is deleted here. Accepting a possible duplicate keeps both documents.
    """
    stored = lock_document(document)
    if stored.sync_state == SyncState.GONE:
        delete_document(document=stored, by=by)
        return
    columns = [*FIELD_COLUMNS.values(), "owner", "double_of"]
    before = snapshot(stored, columns)
    for name in fields:
        if name not in FIELD_LABELS or name not in stored.observed:
            raise ValidationError(_("iclass has not returned this value yet. Check again, then decide."))
        _accept_field(stored, name, stored.observed[name])
    others = [field.name for field in stored._meta.concrete_fields if field.name not in columns]
    stored.full_clean(exclude=[*others, "owner"], validate_constraints=False)
    stored.save_mirrored([*columns, "observed"])
    old, new = diff_snapshots(before, snapshot(stored, columns))
    record("document.take", stored, by=by, before=old, after=new)
    update_sync_state(stored)


def _accept_field(document: Document, name: str, value: Any) -> None:
    if name == COPY_OF_FIELD:
        document.double_of = None
        del document.observed[name]
    elif name == "owner":
        document.owner = get_or_create_person(document.enterprise, value, Role.TEACHER) if value else None
    else:
        setattr(document, FIELD_COLUMNS[name], value)


def describe_document_difference(
    name: str, ours: Any, theirs: Any, names: Mapping[str, str]
) -> tuple[str, str]:
    """Return both values of a field as text."""
    return _format_value(name, ours, names), _format_value(name, theirs, names)


def _format_value(name: str, value: Any, names: Mapping[str, str]) -> str:
    if name == COPY_OF_FIELD:
        return str(value) or _("keep one")
    if name == "owner":
        return names.get(value, value)
    if name == "permission":
        return str(dict(Document.Permission.choices).get(value, value))
    if name == "bytes":
        return str(filesizeformat(value))
    if name == "transcode":
        return _("yes") if value else _("no")
    return str(value)


register_mirrored_model(
    "documents.Document",
    resource="document",
    desired_fields=desired_document_fields,
    push=resend_document,
    apply_remote=accept_remote_document,
    optional=OPTIONAL_FIELDS,
    labels=FIELD_LABELS,
    format=describe_document_difference,
    related=("owner",),
    gone_action_label=gettext_lazy("Also delete in the console"),
    is_immutable=True,
)
