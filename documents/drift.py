"""Where a document differs from the service: theirs taken over here; the service has no document/modify."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mirror import person_of
from accounts.models import Role, User
from console.audit.trail import changes, record, snapshot
from console.mirror.copies import FIELD
from console.mirror.drift import decide
from console.mirror.registry import mirrored
from console.outbox.models import Operation
from console.outbox.states import SyncState
from documents.mirror import OPTIONAL, wanted_document
from documents.models import Document
from documents.services import delete_document, push_document

#: Words of `observed` → our column.
COLUMNS = {
    "name": "name",
    "ext": "ext",
    "bytes": "bytes",
    "md5": "md5",
    "permission": "permission",
    "transcode": "transcode_wanted",
}
LABELS: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "ext": gettext_lazy("kind"),
    "bytes": gettext_lazy("size"),
    "md5": "MD5",
    "owner": gettext_lazy("owner"),
    "permission": gettext_lazy("who may see it"),
    "transcode": gettext_lazy("make an H5 version"),
    FIELD: gettext_lazy("second copy of"),
}


@transaction.atomic
def push(document: Document, fields: Collection[str], by: User | None) -> Operation:
    """Add a document that is gone at the service again. ValidationError for one that it has."""
    if document.sync_state == SyncState.GONE:
        document.remote_id, document.observed = "", {}
        document.save(update_fields=["remote_id", "observed"])
    return push_document(document=document, by=by)


@transaction.atomic
def take(document: Document, fields: Collection[str], by: User | None) -> None:
    """Our columns follow the service; an owner who is unknown here is adopted.

    A document that is gone at the service is deleted here; of a second copy it means that both are wanted.
    """
    if document.sync_state == SyncState.GONE:
        delete_document(document=document, by=by)
        return
    columns = [*COLUMNS.values(), "owner", "double_of"]
    before = snapshot(Document.objects.select_for_update(of=("self",)).get(pk=document.pk), columns)
    for name in fields:
        if name not in LABELS or name not in document.observed:
            raise ValidationError(_("The service has not told this yet. Look at it again, then decide."))
        told = document.observed[name]
        if name == FIELD:
            document.double_of = None
            del document.observed[name]
        elif name == "owner":
            document.owner = person_of(document.enterprise, told, Role.TEACHER) if told else None
        else:
            setattr(document, COLUMNS[name], told)
    others = [field.name for field in document._meta.concrete_fields if field.name not in columns]
    document.full_clean(exclude=[*others, "owner"], validate_constraints=False)
    document.save(update_fields=[*columns, "observed"])
    was, now = changes(before, snapshot(document, columns))
    record("document.take", document, by=by, before=was, after=now)
    decide(document)


def tell(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Both values of a field in words."""
    return _told(name, ours, names), _told(name, theirs, names)


def _told(name: str, value: Any, names: Mapping[str, str]) -> str:
    if name == FIELD:
        return str(value) or _("wanted once")
    if name == "owner":
        return names.get(value, value)
    if name == "permission":
        return str(dict(Document.Permission.choices).get(value, value))
    if name == "bytes":
        return str(filesizeformat(value))
    if name == "transcode":
        return _("yes") if value else _("no")
    return str(value)


mirrored(
    "documents.Document",
    wanted=wanted_document,
    push=push,
    take=take,
    optional=OPTIONAL,
    labels=LABELS,
    tell=tell,
    related=("owner",),
    when_gone=gettext_lazy("Delete it here too"),
    fixed=True,
)
