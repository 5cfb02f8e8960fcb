"""What a school does with its courseware. Each act is one transaction: row, operation, trail."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import record, snapshot
from console.outbox.models import Operation
from console.outbox.queue import enqueue, open_operations, supersede
from console.outbox.states import State
from documents.mirror import wanted_document
from documents.models import Document
from documents.natural import natural_key

FIELDS = ("name", "ext", "owner", "permission", "bytes", "md5", "transcode_wanted", "source_url")


@transaction.atomic
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
    """Make a document and tell the service (`/document/add`), which fetches the file from `url`, or from us
    where we keep it as `file` (a name in our storage).

    `name` is without the ending and `ext` without the dot; an ending that is repeated in the name is
    taken off. Without an owner everybody in the school sees it, so a private one needs one. `size` in
    bytes, `md5` as 32 hex digits. ValidationError where a field does not hold.
    """
    ending = ext.strip().lower().removeprefix(".")
    document = Document(
        enterprise=enterprise,
        name=name.strip().removesuffix(f".{ending}"),
        ext=ending,
        source_url=url,
        file=file,
        owner=owner,
        permission=permission,
        md5=md5.lower(),
        bytes=size,
        transcode_wanted=transcode,
    )
    check_document(document)
    document.save()
    record("document.add", document, by=by, after=snapshot(document, FIELDS))
    _send(document, by)
    return document


@transaction.atomic
def delete_document(*, document: Document, by: User | None, after: Iterable[Operation] = ()) -> Document:
    """Delete a document at the service (`/document/delete`); its row stays here, marked as deleted.

    It is not deleted there before the operations `after` are done. Our file goes with the last document that
    needs it.
    """
    stored = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if stored.deleted_at:
        return stored
    stored.deleted_at = timezone.now()
    stored.save(update_fields=["deleted_at"])
    stored.doubles.update(double_of=None)
    record("document.delete", stored, by=by, before=snapshot(stored, FIELDS))
    supersede(open_operations(stored).exclude(kind="document.delete"))
    if stored.remote_id or open_operations(stored).exists():
        _owe("document.delete", stored, by, after)
    transaction.on_commit(lambda: forget_file(stored))
    return stored


@transaction.atomic
def pull_document(*, document: Document, by: User | None) -> Operation:
    """Look at what the service has of this document (`/document/info`)."""
    record("document.pull", document, by=by)
    return _owe("document.pull", document, by)


@transaction.atomic
def push_document(*, document: Document, by: User | None) -> Operation:
    """Send a document that the service does not have; one that it has cannot be changed: ValidationError."""
    if document.deleted_at:
        raise ValidationError(_("The document is deleted. Add it again."))
    if document.remote_id:
        raise ValidationError(_("iclass has this document. To change it, add it anew and delete this one."))
    if not document.source_url and not document.file:
        raise ValidationError(_("There is no address from which iclass could fetch the file. Add it anew."))
    record("document.push", document, by=by)
    return _send(document, by)


def check_document(document: Document) -> None:
    """The document's rules and ours, each said at its field."""
    document.full_clean(exclude=["enterprise", "owner"], validate_constraints=False)
    errors: dict[str, str] = {}
    if not re.fullmatch(r"([0-9a-f]{32})?", document.md5):
        errors["md5"] = _("An MD5 has 32 hexadecimal digits.")
    if not document.file and not document.source_url.startswith(("http://", "https://")):
        errors["source_url"] = _("Enter the address from which iclass can fetch the file.")
    if document.owner is None and document.permission == Document.Permission.PRIVATE:
        errors["owner"] = _("Choose an owner: without one everybody in the school sees the document.")
    elif document.owner is not None and document.owner.enterprise_id != document.enterprise_id:
        errors["owner"] = _("Choose a person of your school.")
    if errors:
        raise ValidationError(errors)


def _send(document: Document, by: User | None) -> Operation:
    """Add it at the service, once its owner is registered there; an add that waits is not doubled."""
    if waiting := open_operations(document).filter(kind="document.add").first():
        return waiting
    registering = Operation.objects.filter(
        kind="user.register", subject_type="accounts.user", subject_id=document.owner_id
    ).exclude(state=State.DONE)
    lane = natural_key(document.enterprise_id, wanted_document(document))
    return enqueue("document.add", document, by=by, lane=lane, after=registering)


def _owe(kind: str, document: Document, by: User | None, after: Iterable[Operation] = ()) -> Operation:
    """An operation about a document; it waits until the service has it, and for what it comes `after`."""
    adding = open_operations(document).filter(kind="document.add")
    return enqueue(kind, document, by=by, after=[*adding, *after])


def forget_file(document: Document) -> None:
    """Delete our file of a deleted document, unless another one stands on it."""
    standing = Document.objects.filter(file=document.file.name, deleted_at=None)
    if document.file and not standing.exists():
        document.file.storage.delete(document.file.name)
