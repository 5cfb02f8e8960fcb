"""Services that upload a file as courseware, and that replace a document (the API cannot change one)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.dispatch import Signal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Enterprise, User
from console.audit.trail import record
from console.concurrency import service
from console.outbox.services import open_operations
from console.scanner import check_clean
from documents.files.filenames import split_filename
from documents.files.validation import validate_content
from documents.models import Document, DocumentUpload, courseware_files
from documents.queries import documents_for
from documents.services import add_document, delete_document, lock_document
from documents.upload_handlers import check_length, file_md5, original_name

ALREADY_UPLOADED = gettext_lazy("This file has already been uploaded.")
#: Sent inside the transaction, with `old` and `new`, so that receivers can move references.
document_replaced = Signal()


class DuplicateFile(ValidationError):
    """The school already has this file, as `document`."""

    def __init__(self, document: Document) -> None:
        message = _("The school already has this file as “%(name)s”. Use that one, or upload it anyway.")
        super().__init__(message % {"name": document}, "known")
        self.document = document


def upload_document(
    *,
    enterprise: Enterprise,
    file: "UploadedFile[Any]",
    owner: User | None,
    permission: str = Document.Permission.PRIVATE,
    transcode: bool = False,
    allow_duplicate: bool = False,
    upload: DocumentUpload | None = None,
    by: User,
) -> Document:
    """Validate and store a file, create its document and enqueue `/document/add`.

    Raise ValidationError if the file is rejected, and DuplicateFile if the user can already see the same
    file, unless `allow_duplicate` is set. `upload` is the resumable upload of this file; it is consumed.
    """
    name, kind = split_filename(original_name(file))
    size, md5 = file.size or 0, file_md5(file)
    check_length(size, enterprise, upload)
    validate_content(file, kind)
    if not allow_duplicate and (same := find_duplicate(by, md5, size)):
        raise DuplicateFile(same)
    check_transcode_allowed(enterprise, transcode)
    check_clean(file)
    options = {"owner": owner, "permission": permission, "transcode": transcode, "by": by}
    with stored_file(file, kind, enterprise, upload) as stored:
        return _create_document(
            upload, enterprise=enterprise, name=name, ext=kind, file=stored, md5=md5, size=size, **options
        )


@service
def _create_document(upload: DocumentUpload | None, **fields: Any) -> Document:
    consume_upload(upload)
    return add_document(**fields)


@contextmanager
def stored_file(
    file: "UploadedFile[Any]", kind: str, school: Enterprise, upload: DocumentUpload | None
) -> Iterator[str]:
    """Store the file and yield its name; delete it again if the block fails.

    A file uploaded directly to the bucket is stored there already.
    """
    files: Any = courseware_files()
    if upload is not None and files.direct:
        yield upload.file
        return
    stored = files.save(generate_storage_name(school, kind), file)
    try:
        yield stored
    except BaseException:
        files.delete(stored)
        raise


def generate_storage_name(school: Enterprise, kind: str) -> str:
    """Return a random name that cannot be guessed."""
    return f"{school.pk}/{secrets.token_urlsafe(24)}.{kind}"


def consume_upload(upload: DocumentUpload | None) -> None:
    """Delete the upload. Of two concurrent requests one succeeds; the other gets a ValidationError."""
    if upload is not None and not DocumentUpload.objects.filter(pk=upload.pk).delete()[0]:
        raise ValidationError(ALREADY_UPLOADED)


def check_upload_open(upload: DocumentUpload) -> None:
    """Raise ValidationError if another request has finished this upload."""
    if not DocumentUpload.objects.filter(pk=upload.pk).exists():
        raise ValidationError(ALREADY_UPLOADED)


def find_duplicate(reader: Any, md5: str, size: int) -> Document | None:
    """Return a document with the same content that the reader may see, or None."""
    return documents_for(reader).filter(md5=md5, bytes=size).exclude(md5="").first()


def check_transcode_allowed(enterprise: Enterprise, transcode: bool) -> None:
    """Raise ValidationError if an H5 version is requested and the school is not white-listed for it."""
    if transcode and not enterprise.h5_white_listed:
        raise ValidationError(
            {
                "transcode": _(
                    "iclass does not create animated versions for your school yet, so it would "
                    "reject the file."
                )
            }
        )


@service
def replace_document(
    *,
    document: Document,
    name: str,
    owner: User | None,
    permission: str,
    transcode: bool,
    by: User,
) -> Document:
    """Replace a document with a new one of the same file and other fields (see `complete_replacement`).

    Raise ValidationError for an invalid field.
    """
    old = lock_document(document)
    if old.deleted_at:
        raise ValidationError(_("This courseware has been deleted. Add it again."))
    check_transcode_allowed(old.enterprise, transcode)
    new = add_document(
        enterprise=old.enterprise,
        name=name,
        ext=old.ext,
        file=old.file.name or "",
        url="" if old.file else old.source_url or old.observed.get("url", ""),
        owner=owner,
        permission=permission,
        md5=old.md5,
        size=old.bytes,
        transcode=transcode,
        by=by,
    )
    return complete_replacement(old=old, new=new, by=by)


def replace_with_upload(*, old: Document, create: Callable[[], Document], by: User) -> Document:
    """Replace a document with the one that `create` makes from another file (see `complete_replacement`).

    `create` is slow and runs outside a transaction. If the old document is deleted meanwhile, the new one
    is deleted, too, and ValidationError is raised.
    """
    new = create()
    try:
        return complete_replacement(old=old, new=new, by=by)
    except ValidationError:
        delete_document(document=new, by=by)
        raise


@service
def complete_replacement(*, old: Document, new: Document, by: User) -> Document:
    """Move references to the new document, and delete the old one after the new one is added.

    Raise ValidationError if either is deleted already.
    """
    # Lock in the order of primary keys to avoid deadlocks; the old document has the lower one.
    stored, replacement = lock_document(old), lock_document(new)
    if stored.deleted_at or replacement.deleted_at:
        raise ValidationError(_("This courseware has been deleted. Add it again."))
    replacement.replaces = stored
    replacement.save(update_fields=["replaces"])
    document_replaced.send(sender=Document, old=stored, new=replacement)
    record(
        "document.replace",
        replacement,
        by=by,
        before={"document": stored.pk},
        after={"document": replacement.pk},
    )
    delete_document(document=stored, by=by, after=open_operations(replacement))
    return replacement
