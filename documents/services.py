"""Courseware services. Each one is one transaction: row, outbox operation, audit entry."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import record, snapshot
from console.concurrency import service
from console.outbox.models import Operation
from console.outbox.services import enqueue, open_operations, supersede
from console.outbox.states import OperationState
from documents.models import Document
from documents.remote_fields import desired_document_fields, natural_key

AUDITED_FIELDS = ("name", "ext", "owner", "permission", "bytes", "md5", "transcode_wanted", "source_url")


@service
def add_document(
    *,
    enterprise: Enterprise,
    name: str,
    ext: str,
    url: str = "",
    file: str = "",
    owner: User | None,
    permission: str = Document.Permission.PRIVATE,
    md5: str = "",
    size: int = 0,
    transcode: bool = False,
    by: User | None,
) -> Document:
    """Create a document and enqueue `/document/add`. The API fetches the file from `url`, or from the console
    if `file` (a name in our storage) is given.

    `name` has no extension and `ext` no dot; an extension repeated in the name is removed. A document
    without an owner is visible to the whole school, so a private one needs an owner. `size` is in bytes,
    `md5` has 32 hex digits. Raise ValidationError for an invalid field.
    """
    extension = ext.strip().lower().removeprefix(".")
    document = Document(
        enterprise=enterprise,
        name=name.strip().removesuffix(f".{extension}"),
        ext=extension,
        source_url=url,
        file=file,
        owner=owner,
        permission=permission,
        md5=md5.lower(),
        bytes=size,
        transcode_wanted=transcode,
    )
    validate_document(document)
    document.save(force_insert=True)
    record("document.add", document, by=by, after=snapshot(document, AUDITED_FIELDS))
    _enqueue_add(document, by)
    return document


@service
def delete_document(*, document: Document, by: User | None, after: Iterable[Operation] = ()) -> Document:
    """Mark a document as deleted and enqueue `/document/delete`.

    The delete waits for the operations in `after`. Our file is deleted with the last document that uses it.
    """
    stored = lock_document(document)
    if stored.deleted_at:
        return stored
    stored.deleted_at = timezone.now()
    stored.save(update_fields=["deleted_at"])
    stored.doubles.update(double_of=None)
    record("document.delete", stored, by=by, before=snapshot(stored, AUDITED_FIELDS))
    supersede(open_operations(stored).exclude(kind="document.delete"))
    if stored.remote_id or open_operations(stored).exists():
        _enqueue_operation("document.delete", stored, by, after)
    transaction.on_commit(lambda: delete_unused_file(stored))
    return stored


@service
def pull_document(*, document: Document, by: User | None) -> Operation:
    """Enqueue a read of the document from the API (`/document/info`)."""
    stored = lock_document(document)
    _check_not_deleted(stored)
    record("document.pull", stored, by=by)
    return _enqueue_operation("document.pull", stored, by)


@service
def push_document(*, document: Document, by: User | None) -> Operation:
    """Enqueue the add of a document that the API does not have. Raise ValidationError if the API has it."""
    stored = lock_document(document)
    _check_not_deleted(stored)
    if stored.remote_id:
        raise ValidationError(
            _("iclass already has this courseware. To change it, add it again and delete this one.")
        )
    if not stored.source_url and not stored.file:
        raise ValidationError(_("There is no link from which iclass can download the file. Add it again."))
    record("document.push", stored, by=by)
    return _enqueue_add(stored, by)


def lock_document(document: Document) -> Document:
    """Return the stored row, locked until the transaction ends.

    Loads no relations: after a wait for the lock they would belong to the old row.
    """
    return Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)


def _check_not_deleted(document: Document) -> None:
    if document.deleted_at:
        raise ValidationError(_("This courseware has been deleted. Add it again."))


def validate_document(document: Document) -> None:
    """Check the API's rules and ours. Raise ValidationError with the messages by field."""
    document.full_clean(exclude=["enterprise", "owner"], validate_constraints=False)
    errors: dict[str, str] = {}
    if not re.fullmatch(r"([0-9a-f]{32})?", document.md5):
        errors["md5"] = _("An MD5 has 32 hexadecimal digits.")
    if not document.file and not document.source_url.startswith(("http://", "https://")):
        errors["source_url"] = _("Enter a link from which iclass can download the file.")
    if document.owner is None and document.permission == Document.Permission.PRIVATE:
        errors["owner"] = _("Choose an owner. Courseware without an owner is visible to the whole school.")
    elif document.owner is not None and document.owner.enterprise_id != document.enterprise_id:
        errors["owner"] = _("Choose a person of your school.")
    if errors:
        raise ValidationError(errors)


def _enqueue_add(document: Document, by: User | None) -> Operation:
    """Enqueue the add after the registration of its owner; return the open add if there is one."""
    existing: Operation | None = open_operations(document).filter(kind="document.add").first()
    if existing:
        return existing
    owner: Any = document.owner_id
    registrations = Operation.objects.filter(
        kind="user.register", subject_type="accounts.user", subject_id=owner
    ).exclude(state=OperationState.DONE)
    lane = natural_key(document.enterprise_id, desired_document_fields(document))
    return enqueue("document.add", document, by=by, lane=lane, after=registrations)


def _enqueue_operation(
    kind: str, document: Document, by: User | None, after: Iterable[Operation] = ()
) -> Operation:
    """Enqueue an operation that waits for the document's open add and for the operations in `after`."""
    adds = open_operations(document).filter(kind="document.add")
    return enqueue(kind, document, by=by, after=[*adds, *after])


def delete_unused_file(document: Document) -> None:
    """Delete the file of a deleted document, unless another document uses it."""
    references = Document.objects.filter(file=document.file.name, deleted_at=None)
    if document.file.name and not references.exists():
        document.file.storage.delete(document.file.name)
