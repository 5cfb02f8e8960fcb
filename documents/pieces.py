"""Files that come in pieces, so that a broken connection goes on from where it was.

Each piece goes where `where_next` says: to an address of ours, or straight into the bucket, to an address
that is signed for just that piece. When all are here the whole is copied to a file of our own, digested and
judged there, and only then becomes a document: what a browser may still send cannot change what was judged.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from documents.files import split_name
from documents.models import Document, Upload, courseware_files
from documents.receiving import Known, name_of_ours, same_file, upload_document
from documents.uploads import PIECE, check_length

#: How many files one person may have on the way.
MOST_OPEN = 40


class Next(NamedTuple):
    """How much of the file is here, and where so many bytes more are to be sent (PUT); 0 of a whole one."""

    offset: int
    length: int
    address: str


def begin(*, by: User, told: str, size: int, modified: int, md5: str = "", again: bool = False) -> Upload:
    """The upload of this file: the one that was begun before, or a new one. ValidationError where such a
    file may not come in, as far as its name and its size tell; Known where the digest is that of a file that
    they see here already, unless `again`: then nothing has to be sent."""
    school = by.enterprise
    _name, kind = split_name(told)
    if not size:
        raise ValidationError(_("The file is empty."))
    if not again and (same := same_file(by, md5.lower(), size)):
        raise Known(same)
    mine = Upload.objects.filter(enterprise=school, by=by, begun_at__gt=timezone.now() - life())
    if there := mine.filter(told=told, bytes=size, modified=modified).first():
        return there
    if mine.count() >= MOST_OPEN:
        raise ValidationError(_("Too many of your files are on their way. Let some of them come in first."))
    check_length(size, school)
    files, name = courseware_files(), name_of_ours(school, kind)
    name = name if files.direct else f"incoming/{name}"
    return Upload.objects.create(
        enterprise=school,
        by=by,
        told=told,
        bytes=size,
        modified=modified,
        file=name,
        ticket=files.begin(name),
    )


def life() -> timedelta:
    """For how long a file that came in part can be gone on with."""
    return timedelta(hours=settings.COURSEWARE_RESUME_H)


def where_next(upload: Upload) -> Next:
    """Where the next piece goes. FileNotFoundError where what had come is lost."""
    files, piece = courseware_files(), settings.COURSEWARE_PIECE_BYTES
    try:
        offset = files.received(upload.file, upload.ticket)
    except FileNotFoundError:
        if not (files.direct and files.exists(upload.file)):
            raise
        return Next(upload.bytes, 0, "")  # the pieces were joined
    length = min(piece, upload.bytes - offset)
    if length <= 0 or not files.direct:
        return Next(offset, max(length, 0), reverse("documents:piece", args=[upload.token]))
    number = offset // piece + 1
    return Next(offset, length, files.piece_address(upload.file, upload.ticket, number, length))


def take(upload: Upload, offset: int, body: IO[bytes], length: int) -> int:
    """Write a piece that came to us; how much there is then. ValidationError for one that has no place."""
    files = courseware_files()
    try:
        here = files.received(upload.file, upload.ticket)
    except FileNotFoundError:
        here = -1
    fits = 0 <= offset <= here and 0 < length <= upload.bytes - offset
    if files.direct or not fits or length > settings.COURSEWARE_PIECE_BYTES:
        raise ValidationError(_("This piece has no place in the file. Go on from where it is."), "place")
    return int(files.grow(upload.file, offset, body, length))


def finish(
    *, upload: Upload, owner: User | None, permission: str, transcode: bool, again: bool, by: User
) -> Document:
    """Make a document of what has come. ValidationError where not all of it is here, or where it may not come
    in: then it is forgotten, unless it is Known, or nobody could look for viruses, and can be taken later
    without being sent again."""
    try:
        with _whole(upload) as file:
            document = upload_document(
                enterprise=upload.enterprise,
                file=file,
                owner=owner,
                permission=permission,
                transcode=transcode,
                again=again,
                came=upload,
                by=by,
            )
    except Known:
        raise
    except ValidationError as error:
        if getattr(error, "code", "") not in ("incomplete", "scanner"):
            drop(upload)
        raise
    if not courseware_files().direct:
        courseware_files().abandon(upload.file, upload.ticket)
    return document


def drop(upload: Upload) -> None:
    """Forget a file that is not wanted any more, and what came of it."""
    if Upload.objects.filter(pk=upload.pk).delete()[0]:
        courseware_files().abandon(upload.file, upload.ticket)


def tidy() -> int:
    """Forget what nobody went on with for a day; how many."""
    old = list(Upload.objects.filter(begun_at__lt=timezone.now() - life()))
    for upload in old:
        drop(upload)
    return len(old)


@contextmanager
def _whole(upload: Upload) -> Iterator[TemporaryUploadedFile]:
    """A copy that nobody writes to any more, digested on the way, with the name as it was told."""
    files = courseware_files()
    _join(upload)
    with TemporaryUploadedFile(Path(upload.file).name, "", upload.bytes, None) as copy:
        with files.stream(upload.file) as source:
            copy.md5 = _copied(source, copy, upload.bytes)
        copy.told_name = upload.told
        yield copy


def _join(upload: Upload) -> None:
    try:
        here = where_next(upload).offset
    except FileNotFoundError:
        raise ValidationError(_("What had come of the file is lost. Upload it again.")) from None
    if here < upload.bytes:
        raise ValidationError(_("The file is not here as a whole yet. Go on with it."), "incomplete")
    with suppress(FileNotFoundError):  # joined before: somebody takes it all the same
        courseware_files().join(upload.file, upload.ticket)
    if courseware_files().size(upload.file) != upload.bytes:
        raise ValidationError(_("The file is not as long as was said. Upload it again."))


def _copied(source: IO[bytes], copy: TemporaryUploadedFile, size: int) -> str:
    """Copy and digest; `size` bytes at most, whatever comes."""
    digest = hashlib.md5(usedforsecurity=False)
    while size and (piece := source.read(min(PIECE, size))):
        digest.update(piece)
        copy.write(piece)
        size -= len(piece)
    copy.flush()
    copy.seek(0)
    return digest.hexdigest()
