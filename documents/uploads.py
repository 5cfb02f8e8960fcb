"""Taking files in: to the disk piece by piece, digested on the way, with the name as it was sent.

A body that is too large is refused by its length, before anything of it is read.
"""

import hashlib
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Sum
from django.http.multipartparser import MultiPartParser
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from documents.models import Document, Upload

#: What a form and the headers of its parts add to its files.
AROUND = 1_000_000
PIECE = 1 << 20
#: The answer to a body that is too large.
TOO_LARGE = 413


class PlainParser(MultiPartParser):
    """Django takes paths and unseen signs out of a name; who sent such a name is to be told."""

    raw_name = ""

    def sanitize_file_name(self, file_name: str) -> str | None:
        self.raw_name = file_name
        return super().sanitize_file_name(file_name) or "file"


class Receiver(TemporaryFileUploadHandler):
    """Each file to a file of its own, which knows its `md5` and the name that was sent, `told_name`."""

    parser: PlainParser | None = None

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Any,
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> Any:
        if self.parser is not None:
            return None
        self.parser = PlainParser(META, input_data, [self], encoding or settings.DEFAULT_CHARSET)
        return self.parser.parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.md5(usedforsecurity=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile | None:
        file = super().file_complete(file_size)
        if file is not None:
            file.md5 = self.digest.hexdigest()
            file.told_name = self.parser.raw_name if self.parser else file.name
        return file


def receive(request: Any) -> None:
    """Let the files of this request come in so; before anybody reads its body."""
    request.upload_handlers = [Receiver(request)]


def check_length(length: int, school: Enterprise, came: Upload | None = None) -> None:
    """ValidationError for a body that is too large, or for which the school has no room left.

    `came` is the upload that brings it, whose room is taken already.
    """
    most = settings.COURSEWARE_MAX_BYTES
    if length > most + AROUND:
        raise ValidationError(_("A file may have at most %(most)d MB.") % {"most": most // 1_000_000}, "size")
    if used(school, came) + length > settings.COURSEWARE_QUOTA_BYTES + AROUND:
        told = {"room": settings.COURSEWARE_QUOTA_BYTES // 1_000_000}
        raise ValidationError(
            _("Your school's room for courseware, %(room)d MB, is full. Delete what is no longer needed.")
            % told,
            "quota",
        )


def used(school: Enterprise, besides: Upload | None = None) -> int:
    """How many bytes the files take that we keep for a school, and those that are on their way."""
    kept = Document.objects.filter(enterprise=school, deleted_at=None).exclude(file="")
    coming = Upload.objects.filter(enterprise=school).exclude(pk=besides.pk if besides else None)
    return sum(rows.aggregate(n=Sum("bytes"))["n"] or 0 for rows in (kept, coming))


def md5_of(file: UploadedFile) -> str:
    """The digest that was made on the way in, or one made now."""
    known: str = getattr(file, "md5", "")
    if known:
        return known
    digest = hashlib.md5(usedforsecurity=False)
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def told_name(file: UploadedFile) -> str:
    """The name as it was sent."""
    return str(getattr(file, "told_name", file.name or ""))
