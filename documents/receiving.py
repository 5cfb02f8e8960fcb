"""Courseware that comes as a file, and courseware that is added anew because it cannot be changed."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from console.audit.trail import record
from console.outbox.queue import open_operations
from console.scanner import check_clean
from documents.files import examine, split_name
from documents.models import Document, Upload, courseware_files
from documents.queries import documents_for
from documents.services import add_document, delete_document
from documents.uploads import check_length, md5_of, told_name

#: Sent inside the transaction, with `old` and `new`: what hung on the old document hangs on the new one.
replaced = Signal()


class Known(ValidationError):
    """The school has this very file already; `document` is it."""

    def __init__(self, document: Document) -> None:
        said = _("The school has this file already, as “%(name)s”. Use that one, or upload it all the same.")
        super().__init__(said % {"name": document}, "known")
        self.document = document


def upload_document(
    *,
    enterprise: Enterprise,
    file: UploadedFile,
    owner: User | None,
    permission: str = Document.Permission.PRIVATE,
    transcode: bool = False,
    again: bool = False,
    came: Upload | None = None,
    by: User,
) -> Document:
    """Take a file in, keep it under a name of ours, and tell the service.

    ValidationError where it may not come in; Known where the reader sees the same file already, unless
    `again` says that a second one is wanted. `came` is the upload that brought it in pieces; it ends so.
    """
    name, kind = split_name(told_name(file))
    size, md5 = file.size or 0, md5_of(file)
    check_length(size, enterprise, came)
    examine(file, kind)
    if not again and (same := same_file(by, md5, size)):
        raise Known(same)
    check_transcode(enterprise, transcode)
    check_clean(file)
    with kept_as(file, kind, enterprise, came) as kept, transaction.atomic():
        end_upload(came)
        return add_document(
            enterprise=enterprise,
            name=name,
            ext=kind,
            file=kept,
            owner=owner,
            permission=permission,
            md5=md5,
            size=size,
            transcode=transcode,
            by=by,
        )


@contextmanager
def kept_as(file: UploadedFile, kind: str, school: Enterprise, came: Upload | None) -> Iterator[str]:
    """The name under which we keep it: what came straight into our bucket lies there already. Nothing that
    was saved here stays where the rest fails."""
    files = courseware_files()
    if came is not None and files.direct:
        yield came.file
        return
    kept = files.save(name_of_ours(school, kind), file)
    try:
        yield kept
    except BaseException:
        files.delete(kept)
        raise


def name_of_ours(school: Enterprise, kind: str) -> str:
    """A name that tells nothing and that nobody guesses."""
    return f"{school.pk}/{secrets.token_urlsafe(24)}.{kind}"


def end_upload(came: Upload | None) -> None:
    """Of two that end the same upload one makes a document; ValidationError for the other."""
    if came is not None and not Upload.objects.filter(pk=came.pk).delete()[0]:
        raise ValidationError(_("This file has come in already."))


def same_file(reader: Any, md5: str, size: int) -> Document | None:
    """A document of the same content that the reader may see; None for files of others."""
    return documents_for(reader).filter(md5=md5, bytes=size).exclude(md5="").first()


def check_transcode(enterprise: Enterprise, wanted: bool) -> None:
    """ValidationError for an H5 version where the vendor has not white-listed the school."""
    if wanted and not enterprise.h5_white_listed:
        raise ValidationError(
            {"transcode": _("The vendor has not white-listed your school for H5, so iclass would refuse it.")}
        )


@transaction.atomic
def add_anew(
    *,
    document: Document,
    name: str,
    owner: User | None,
    permission: str,
    transcode: bool,
    by: User,
) -> Document:
    """A new document of the same file with other words, in the place of the old one (`put_in_place`).

    ValidationError where a field does not hold.
    """
    old = document
    check_transcode(old.enterprise, transcode)
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
    return put_in_place(old=old, new=new, by=by)


def come_in_place(*, old: Document, come_in: Callable[[], Document], by: User) -> Document:
    """The document that `come_in` makes of another file, in the place of the old one (`put_in_place`).

    To come in takes a while, and no transaction lasts that long: where somebody else deletes the old one
    meanwhile, the new one is taken back, for its sender is told that there is nothing to replace.
    """
    new = come_in()
    try:
        return put_in_place(old=old, new=new, by=by)
    except ValidationError:
        delete_document(document=new, by=by)
        raise


@transaction.atomic
def put_in_place(*, old: Document, new: Document, by: User) -> Document:
    """What hung on the old document moves to the new one; the old one is deleted at the service as soon as
    the new one is there. ValidationError where the old one is deleted already."""
    old = Document.objects.select_for_update(of=("self",)).get(pk=old.pk)
    if old.deleted_at:
        raise ValidationError(_("This document is deleted. Load the page again."))
    new.replaces = old
    new.save(update_fields=["replaces"])
    replaced.send(sender=Document, old=old, new=new)
    record("document.replace", new, by=by, before={"document": old.pk}, after={"document": new.pk})
    delete_document(document=old, by=by, after=open_operations(new))
    return new
