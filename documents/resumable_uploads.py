"""Resumable uploads: files arrive in chunks, and a broken upload continues where it stopped.

`next_chunk` returns the URL of each chunk: a view of the console, or a URL of the bucket that is signed for
this chunk alone. After the last chunk the file is copied, hashed and validated, and only then becomes a
document. The browser cannot change the copy, so it cannot change a validated file.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from console.concurrency import Conflict, service
from console.storage import ReadableBody
from documents.files.filenames import split_filename
from documents.models import Document, DocumentUpload, courseware_files
from documents.upload_handlers import CHUNK_SIZE, check_length
from documents.upload_services import (
    DuplicateFile,
    check_upload_open,
    find_duplicate,
    generate_storage_name,
    upload_document,
)

DATA_LOST = gettext_lazy("The uploaded part of the file was lost. Upload the file again.")
#: Open uploads allowed per person.
MAX_OPEN_UPLOADS = 40


class NextChunk(NamedTuple):
    """Bytes received, length of the next chunk, and its PUT URL. `length` is 0 for a complete file."""

    offset: int
    length: int
    address: str


def start_upload(
    *, by: User, filename: str, size: int, modified: int, md5: str = "", allow_duplicate: bool = False
) -> DocumentUpload:
    """Return the user's unfinished upload of this file, or a new one.

    Raise ValidationError for an invalid name or size, and DuplicateFile if the user can already see a
    document with this MD5, unless `allow_duplicate` is set.
    """
    _name, kind = split_filename(filename)
    if not size:
        raise ValidationError(_("The file is empty."))
    if not allow_duplicate and (same := find_duplicate(by, md5.lower(), size)):
        raise DuplicateFile(same)
    school = by.enterprise
    files: Any = courseware_files()
    named: dict[str, Any] = {"told": filename, "bytes": size, "modified": modified}
    if existing := _open_uploads(by).filter(**named).first():
        return existing
    check_length(size, school)
    name = generate_storage_name(school, kind)
    name = name if files.direct else f"incoming/{name}"
    ticket, upload = files.begin_upload(name), None
    try:
        upload = _get_or_create_upload(by, named, name, ticket)
        return upload
    finally:
        if upload is None or upload.file != name:  # refused, or another window was faster
            files.abort_upload(name, ticket)


@service
def _get_or_create_upload(by: User, named: dict[str, Any], name: str, ticket: str) -> DocumentUpload:
    """Return the open upload of this file, or create one.

    Locks the user's row, so that two windows with the same file share one upload.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if existing := _open_uploads(by).filter(**named).first():
        return existing
    if _open_uploads(by).count() >= MAX_OPEN_UPLOADS:
        raise ValidationError(
            _("You have too many uploads in progress. Wait until some of them are finished.")
        )
    return DocumentUpload.objects.create(enterprise=by.enterprise, by=by, file=name, ticket=ticket, **named)


def _open_uploads(by: User) -> QuerySet[DocumentUpload]:
    return DocumentUpload.objects.filter(
        enterprise=by.enterprise, by=by, begun_at__gt=timezone.now() - upload_lifetime()
    )


def upload_lifetime() -> timedelta:
    """Return how long an unfinished upload can be resumed."""
    return timedelta(hours=settings.COURSEWARE_RESUME_HOURS)


def next_chunk(upload: DocumentUpload) -> NextChunk:
    """Return the next chunk to send. Raise FileNotFoundError if the received data is lost."""
    files: Any = courseware_files()
    piece = settings.COURSEWARE_CHUNK_BYTES
    try:
        offset = files.received_bytes(upload.file, upload.ticket)
    except FileNotFoundError:
        if not (files.direct and files.exists(upload.file)):
            raise
        return NextChunk(upload.bytes, 0, "")  # the chunks are joined already
    length = min(piece, upload.bytes - offset)
    if length <= 0 or not files.direct:
        return NextChunk(offset, max(length, 0), reverse("documents:piece", args=[upload.token]))
    number = offset // piece + 1
    return NextChunk(offset, length, files.chunk_url(upload.file, upload.ticket, number, length))


def write_chunk(upload: DocumentUpload, offset: int, body: ReadableBody, length: int) -> int:
    """Write a chunk; return the bytes received so far. Raise ValidationError for a wrong offset or length."""
    files: Any = courseware_files()
    try:
        received = files.received_bytes(upload.file, upload.ticket)
    except FileNotFoundError:
        received = -1
    fits = 0 <= offset <= received and 0 < length <= upload.bytes - offset
    if files.direct or not fits or length > settings.COURSEWARE_CHUNK_BYTES:
        raise ValidationError(
            _("The upload position is wrong. Continue from where the file was interrupted."), "place"
        )
    return int(files.write_chunk(upload.file, offset, body, length))


def finish_upload(
    *,
    upload: DocumentUpload,
    owner: User | None,
    permission: str,
    transcode: bool,
    allow_duplicate: bool,
    by: User,
) -> Document:
    """Create a document from a complete upload.

    Raise ValidationError if chunks are missing or the file is rejected. A rejected upload is discarded,
    unless it is a duplicate (DuplicateFile) or the virus scanner was unavailable: then it can be finished
    later without sending the data again.
    """
    check_upload_open(upload)
    try:
        with _assembled_file(upload) as file:
            document = upload_document(
                enterprise=upload.enterprise,
                file=file,
                owner=owner,
                permission=permission,
                transcode=transcode,
                allow_duplicate=allow_duplicate,
                upload=upload,
                by=by,
            )
    except (DuplicateFile, Conflict):
        raise
    except FileNotFoundError:
        check_upload_open(upload)  # another request may have finished it and removed the data
        discard_upload(upload)
        raise ValidationError(DATA_LOST) from None
    except ValidationError as error:
        check_upload_open(upload)
        if getattr(error, "code", "") not in ("incomplete", "scanner"):
            discard_upload(upload)
        raise
    files: Any = courseware_files()
    if not files.direct:
        files.abort_upload(upload.file, upload.ticket)
    return document


def discard_upload(upload: DocumentUpload) -> None:
    """Delete an upload and the data received for it."""
    if DocumentUpload.objects.filter(pk=upload.pk).delete()[0]:
        files: Any = courseware_files()
        files.abort_upload(upload.file, upload.ticket)


def delete_stale_uploads() -> int:
    """Delete uploads older than `upload_lifetime`; return how many."""
    old = list(DocumentUpload.objects.filter(begun_at__lt=timezone.now() - upload_lifetime()))
    for upload in old:
        discard_upload(upload)
    return len(old)


@contextmanager
def _assembled_file(upload: DocumentUpload) -> Iterator[TemporaryUploadedFile]:
    """Yield a private copy of the complete file, with its `md5` and `original_name`."""
    files: Any = courseware_files()
    _join_chunks(upload)
    with TemporaryUploadedFile(Path(upload.file).name, "", upload.bytes, None) as copy:
        described: Any = copy
        with files.stream(upload.file) as source:
            described.md5 = _copy_and_digest(source, copy, upload.bytes)
        described.original_name = upload.told
        yield copy


def _join_chunks(upload: DocumentUpload) -> None:
    try:
        received = next_chunk(upload).offset
    except FileNotFoundError:
        raise ValidationError(DATA_LOST) from None
    if received < upload.bytes:
        raise ValidationError(_("The upload is not complete. Continue it."), "incomplete")
    files: Any = courseware_files()
    with suppress(FileNotFoundError):  # joined by an earlier attempt
        files.complete_upload(upload.file, upload.ticket)
    if files.size(upload.file) != upload.bytes:
        raise ValidationError(_("The file size does not match. Upload the file again."))


def _copy_and_digest(source: IO[bytes], copy: TemporaryUploadedFile, size: int) -> str:
    """Copy at most `size` bytes; return their MD5."""
    digest = hashlib.md5(usedforsecurity=False)
    while size and (piece := source.read(min(CHUNK_SIZE, size))):
        digest.update(piece)
        copy.write(piece)
        size -= len(piece)
    copy.flush()
    copy.seek(0)
    return digest.hexdigest()
