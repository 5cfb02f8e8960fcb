"""Attachments of leave: check and store uploads, add them, delete them with what is stored.

An upload is checked by its content, scanned, and stored under a random name before the transaction that adds
it. It is deleted when the person is erased, and some time after the leave
(`Enterprise.keep_leave_files_days`).
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from accounts.sign_in.permissions import protect_erased
from classes.models import Leave, LeaveFile
from classes.models.leave_file import leave_file_storage
from console.audit.trail import record
from console.concurrency import Conflict, lock_row, service
from console.scanner import check_clean
from documents.files.filenames import split_filename
from documents.files.validation import validate_content
from documents.upload_handlers import original_name

#: Most attachments of one leave, and most bytes of each.
MAX_FILES, MAX_BYTES = 2, 5_000_000
KINDS = ("pdf", "jpg", "png")
#: Leave to which files can still be added.
OPEN_STATES = (Leave.State.REQUESTED, Leave.State.APPROVED)


class CheckedFile(NamedTuple):
    """An upload that passed all checks."""

    upload: "UploadedFile[Any]"
    name: str
    kind: str


class StoredFile(NamedTuple):
    """A checked upload and its name in the storage."""

    stored: str
    name: str
    kind: str
    size: int


def check_file(upload: "UploadedFile[Any]") -> CheckedFile:
    """Check name, size, content and viruses. Raise ValidationError that says what to do."""
    size = upload.size or 0
    if size > MAX_BYTES:
        message = _("The file has more than %(most)d MB. Choose a smaller one, or a photo of lower quality.")
        raise ValidationError(message % {"most": MAX_BYTES // 1_000_000}, "size")
    name, kind = split_filename(original_name(upload))
    if kind not in KINDS:
        raise ValidationError(_("Only pdf, jpg and png files can be attached."), "kind")
    validate_content(upload, kind)
    check_clean(upload)
    return CheckedFile(upload, name, kind)


@contextmanager
def stored_files(school: Enterprise, checked: Sequence[CheckedFile]) -> Iterator[list[StoredFile]]:
    """Store the files for the block that adds them; delete them again if it fails."""
    files = leave_file_storage()
    stored: list[StoredFile] = []
    try:
        for one in checked:
            name = f"{school.pk}/{secrets.token_urlsafe(24)}.{one.kind}"
            stored.append(StoredFile(files.save(name, one.upload), one.name, one.kind, one.upload.size or 0))
        yield stored
    except BaseException:
        for done in stored:
            files.delete(done.stored)
        raise


def add_files(leaves: Collection[Leave], files: Sequence[StoredFile], by: User | None) -> None:
    """Add stored files to new leaves, in their transaction."""
    LeaveFile.objects.bulk_create(
        LeaveFile(
            enterprise_id=leave.enterprise_id,
            leave=leave,
            name=one.name,
            ext=one.kind,
            bytes=one.size,
            file=one.stored,
            by=by,
        )
        for leave in leaves
        for one in files
    )


def attach_file(*, leave: Leave, file: CheckedFile, by: User) -> LeaveFile:
    """Add a file to leave that was requested or approved, and return its row.

    Raise Conflict if the leave was returned or withdrawn, ValidationError if it has enough files or the
    person was erased.
    """
    with stored_files(leave.enterprise, [file]) as stored:
        return _attach(leave=leave, stored=stored, by=by)


@service
def _attach(*, leave: Leave, stored: list[StoredFile], by: User) -> LeaveFile:
    protect_erased(lock_row(leave.person))  # people are locked before what depends on them
    locked = lock_row(leave)
    if locked.state not in OPEN_STATES:
        raise Conflict(_("This leave was returned or withdrawn. Nothing can be attached any more."))
    if locked.files.count() >= MAX_FILES:
        raise ValidationError(_("At most %(most)d files can be attached.") % {"most": MAX_FILES}, "many")
    add_files([locked], stored, by)
    record("leave.attach", locked, by=by, after={"size": stored[0].size})
    return LeaveFile.objects.get(leave=locked, file=stored[0].stored)


def move_files(old: Collection[Leave], new: Leave) -> None:
    """Move the attachments of replaced requests to the request that replaces them."""
    LeaveFile.objects.filter(leave__in=[one.pk for one in old]).update(leave=new)


def delete_files(rows: QuerySet[LeaveFile]) -> int:
    """Delete rows, and after the commit what is stored and shared by no other row; return how many rows."""
    found = list(rows.values_list("pk", "file"))
    LeaveFile.objects.filter(pk__in=[pk for pk, _name in found]).delete()
    names = {name for _pk, name in found}
    kept = set(LeaveFile.objects.filter(file__in=names).values_list("file", flat=True))
    for name in names - kept:
        _delete_after_commit(name)
    return len(found)


def _delete_after_commit(name: str) -> None:
    """Delete what is stored; an error is logged, as the rows are gone and the rest has to run."""

    def delete() -> None:  # no partial, which has no name that Django could log
        leave_file_storage().delete(name)

    transaction.on_commit(delete, robust=True)
