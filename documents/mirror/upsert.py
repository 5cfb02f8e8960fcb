"""Map the API's courseware to our documents: observed fields, upsert, adoption."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.mirror.upsert import datetime_from_unix, get_or_create_person
from accounts.models import Enterprise, Role
from console.iclass import DocumentInfo
from console.mirror.differences import difference_reason, save_observed, sync_state_of
from console.mirror.duplicates import copy_difference
from documents.models import TRANSCODE_FINISHED, Document
from documents.remote_fields import desired_document_fields, effective_permission

#: Fields that `/document/add` may not have sent.
OPTIONAL_FIELDS = ("md5", "bytes")
#: Range of the error code column; a code outside it is stored as -1.
INT32_RANGE = range(-(2**31), 2**31)
#: Polling ends after this time; reconciliation still records the end of the transcoding.
MAX_TRANSCODE_WAIT = timedelta(days=1)


def observed_document_fields(info: DocumentInfo) -> dict[str, Any]:
    """Return the fields of `/document/info` and `/document/list`, including those that only the API sets."""
    return {
        "name": info.doc_name[:200],
        "ext": info.doc_ext.removeprefix(".")[:10],
        "bytes": info.doc_size,
        "md5": info.doc_md5.lower()[:32],
        "owner": info.owner,
        "permission": effective_permission(info.permission, bool(info.owner)),
        "transcode": info.is_transcode,
        "url": info.doc_url,
        "uploaded": info.upload_time,
    }


def observed_with_duplicate(document: Document, info: DocumentInfo) -> dict[str, Any]:
    """Return the observed fields, with the mark of a possible duplicate."""
    return observed_document_fields(info) | copy_difference(document)[1]


def transcode_columns(info: DocumentInfo) -> dict[str, Any]:
    """Return the columns that only the API sets."""
    return {
        "transcode_status": info.transcode_status[:40],
        "transcode_code": info.transcode_code if info.transcode_code in INT32_RANGE else -1,
        "transcode_message": info.transcode_msg[:300],
        "transcode_url": info.transcode_result[:1000],
    }


def upsert_document(document: Document, info: DocumentInfo) -> bool:
    """Save the API's state of a document; return True if anything changed."""
    columns = transcode_columns(info)
    for name, value in columns.items():
        setattr(document, name, value)
    new = save_observed(
        document,
        info.doc_id,
        desired=desired_document_fields(document),
        observed=observed_with_duplicate(document, info),
        optional=OPTIONAL_FIELDS,
        extra=tuple(columns),
    )
    if document.look_at is None and (look_at := next_poll_at(document)):
        document.look_at = look_at
        document.save_mirrored(["look_at"])
    return new


def next_poll_at(document: Document) -> datetime | None:
    """Return when to poll the transcoding again; None if no poll is needed."""
    converting = document.observed.get("transcode") and document.transcode_status != TRANSCODE_FINISHED
    if document.deleted_at or not document.remote_id or not converting or document.transcode_code:
        return None
    now = timezone.now()
    started = datetime_from_unix(document.observed.get("uploaded", 0)) or document.created_at
    waited = now - max(started, document.created_at)
    return now + timedelta(seconds=settings.TRANSCODE_POLL_S) if waited < MAX_TRANSCODE_WAIT else None


def build_document(enterprise: Enterprise, info: DocumentInfo, *, double_of: int | None = None) -> Document:
    """Return an unsaved row for a document that only the API has.

    A document without an owner is public, whatever its permission. `double_of` is the primary key of the
    document that it may duplicate.
    """
    fields = observed_document_fields(info)
    permission = fields["permission"]
    document = Document(
        enterprise=enterprise,
        owner=get_or_create_person(enterprise, info.owner, Role.TEACHER) if info.owner else None,
        name=fields["name"],
        ext=fields["ext"],
        bytes=max(fields["bytes"], 0),
        md5=fields["md5"],
        permission=permission if permission in Document.Permission.values else Document.Permission.PRIVATE,
        transcode_wanted=info.is_transcode,
        made_outside=True,
        double_of_id=double_of,
        remote_id=info.doc_id,
        observed_at=timezone.now(),
        **transcode_columns(info),
    )
    document.observed = observed_with_duplicate(document, info)
    document.sync_state = sync_state_of(
        document, desired_document_fields(document), document.observed, OPTIONAL_FIELDS
    )
    document.sync_reason = difference_reason(document)
    document.look_at = next_poll_at(document)
    return document


def adopt_document(enterprise: Enterprise, info: DocumentInfo, *, double_of: int | None = None) -> Document:
    """Create a row for a document that only the API has; `double_of` as in `build_document`."""
    document = build_document(enterprise, info, double_of=double_of)
    document.save(force_insert=True)
    return document
