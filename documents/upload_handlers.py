"""Upload handling: files are streamed to disk and hashed, and keep the name that was sent.

A body that is too large is rejected by its Content-Length, before it is read.
"""

import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db.models import Sum
from django.http.multipartparser import MultiPartParser
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from documents.models import Document, DocumentUpload

#: Bytes that the form fields and part headers may add to the files.
MULTIPART_OVERHEAD = 1_000_000
CHUNK_SIZE = 1 << 20
HTTP_CONTENT_TOO_LARGE = 413


class RawNameParser(MultiPartParser):
    """Keep the raw file name: Django strips paths and invisible characters, but we report them as errors."""

    raw_name = ""

    def sanitize_file_name(self, file_name: str) -> str | None:
        self.raw_name = file_name
        return super().sanitize_file_name(file_name) or "file"


class DigestingUploadHandler(TemporaryFileUploadHandler):
    """Store each file in a temporary file and set its `md5` and `original_name`."""

    parser: RawNameParser | None = None

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> Any:
        if self.parser is not None:
            return None
        self.parser = RawNameParser(META, input_data, [self], encoding or settings.DEFAULT_CHARSET)
        return self.parser.parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.md5(usedforsecurity=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        file: Any = super().file_complete(file_size)
        if file is not None:
            file.md5 = self.digest.hexdigest()
            file.original_name = self.parser.raw_name if self.parser else file.name
        return file


def use_upload_handler(request: Any) -> None:
    """Set the upload handler of a request. Call it before the body is read."""
    request.upload_handlers = [DigestingUploadHandler(request)]


def check_length(length: int, school: Enterprise, upload: DocumentUpload | None = None) -> None:
    """Raise ValidationError if a body is too large or exceeds the school's quota.

    `upload` is the resumable upload of this file, which already counts towards the quota.
    """
    limit = settings.COURSEWARE_MAX_BYTES
    if length > limit + MULTIPART_OVERHEAD:
        raise ValidationError(
            _("A file can have at most %(most)d MB.") % {"most": limit // 1_000_000}, "size"
        )
    if used_bytes(school, upload) + length > settings.COURSEWARE_QUOTA_BYTES + MULTIPART_OVERHEAD:
        params = {"room": settings.COURSEWARE_QUOTA_BYTES // 1_000_000}
        raise ValidationError(
            _(
                "Your school's courseware storage (%(room)d MB) is full. Delete courseware that "
                "is no longer needed."
            )
            % params,
            "quota",
        )


def used_bytes(school: Enterprise, excluding: DocumentUpload | None = None) -> int:
    """Return the bytes of a school's stored files and open uploads."""
    stored = Document.objects.filter(enterprise=school, deleted_at=None).exclude(file="")
    own: Any = excluding.pk if excluding else None
    uploads = DocumentUpload.objects.filter(enterprise=school).exclude(pk=own)
    return sum(rows.aggregate(n=Sum("bytes"))["n"] or 0 for rows in (stored, uploads))


def file_md5(file: "UploadedFile[Any]") -> str:
    """Return the MD5 computed during the upload, or compute it now."""
    known: str = getattr(file, "md5", "")
    if known:
        return known
    digest = hashlib.md5(usedforsecurity=False)
    file.seek(0)
    while piece := file.read(CHUNK_SIZE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def original_name(file: "UploadedFile[Any]") -> str:
    """Return the name as it was sent."""
    return str(getattr(file, "original_name", file.name or ""))
