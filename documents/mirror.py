"""The service's courseware → our documents: how it is seen, adopted and said in our words."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.mirror import moment, person_of
from accounts.models import Enterprise, Role
from console.iclass import DocumentInfo
from console.mirror.copies import differs
from console.mirror.drift import settle, state_of, why
from documents.models import Document

#: The service may not have been told of these.
OPTIONAL = ("md5", "bytes")
#: What the column of an error code holds; another number is an error all the same.
INT32 = range(-(2**31), 2**31)
#: No step of a conversion follows.
FINISHED = "finished"
#: A conversion that takes longer is no longer waited for; the walk still sees its end.
PATIENCE = timedelta(days=1)


def wanted_document(document: Document) -> dict[str, Any]:
    """What the school wants of a document, in the words of `observed`.

    One without an owner is public, for the service makes it so whatever was asked. What may be a second
    copy of another is wanted once.
    """
    return {
        "name": document.name,
        "ext": document.ext,
        "bytes": document.bytes,
        "md5": document.md5,
        "owner": document.owner.user_id if document.owner else "",
        "permission": _effective(document.permission, bool(document.owner_id)),
        "transcode": document.transcode_wanted,
        **differs(document)[0],
    }


def observed_document(info: DocumentInfo) -> dict[str, Any]:
    """What `/document/info` and `/document/list` tell, in the same words, and what only they decide."""
    return {
        "name": info.doc_name[:200],
        "ext": info.doc_ext.removeprefix(".")[:10],
        "bytes": info.doc_size,
        "md5": info.doc_md5.lower()[:32],
        "owner": info.owner,
        "permission": _effective(info.permission, bool(info.owner)),
        "transcode": info.is_transcode,
        "url": info.doc_url,
        "uploaded": info.upload_time,
    }


def observed_of(document: Document, info: DocumentInfo) -> dict[str, Any]:
    """The same, with the mark of what may be a second copy."""
    return observed_document(info) | differs(document)[1]


def _effective(permission: str, owned: bool) -> str:
    return str(permission) if owned else Document.Permission.PUBLIC.value


def transcode_told(info: DocumentInfo) -> dict[str, Any]:
    """The columns of a document that only the service decides."""
    return {
        "transcode_status": info.transcode_status[:40],
        "transcode_code": info.transcode_code if info.transcode_code in INT32 else -1,
        "transcode_message": info.transcode_msg[:300],
        "transcode_url": info.transcode_result[:1000],
    }


def document_seen(document: Document, info: DocumentInfo) -> bool:
    """Write what the service says of a document; True where anything was new."""
    told = transcode_told(info)
    for name, value in told.items():
        setattr(document, name, value)
    new = settle(
        document,
        info.doc_id,
        wanted=wanted_document(document),
        observed=observed_of(document, info),
        optional=OPTIONAL,
        extra=tuple(told),
    )
    if document.look_at is None and (look_at := next_look(document)):
        document.look_at = look_at
        document.save(update_fields=["look_at"])
    return new


def next_look(document: Document) -> datetime | None:
    """When to ask for the state of a conversion again; None where there is nothing to wait for."""
    converting = document.observed.get("transcode") and document.transcode_status != FINISHED
    if document.deleted_at or not document.remote_id or not converting or document.transcode_code:
        return None
    now = timezone.now()
    begun = moment(document.observed.get("uploaded", 0)) or document.created_at
    waited = now - max(begun, document.created_at)
    return now + timedelta(seconds=settings.TRANSCODE_POLL_S) if waited < PATIENCE else None


def new_document(enterprise: Enterprise, info: DocumentInfo, *, double_of: int | None = None) -> Document:
    """The row, not saved yet, of a document that only the service had.

    One without an owner is everybody's, whatever permission it carries. `double_of` is the document that it
    may be a second copy of.
    """
    told = observed_document(info)
    permission = told["permission"]
    document = Document(
        enterprise=enterprise,
        owner=person_of(enterprise, info.owner, Role.TEACHER) if info.owner else None,
        name=told["name"],
        ext=told["ext"],
        bytes=max(told["bytes"], 0),
        md5=told["md5"],
        permission=permission if permission in Document.Permission.values else Document.Permission.PRIVATE,
        transcode_wanted=info.is_transcode,
        made_outside=True,
        double_of_id=double_of,
        remote_id=info.doc_id,
        observed_at=timezone.now(),
        **transcode_told(info),
    )
    document.observed = observed_of(document, info)
    document.sync_state = state_of(document, wanted_document(document), document.observed, OPTIONAL)
    document.sync_reason = why(document)
    document.look_at = next_look(document)
    return document


def adopt_document(enterprise: Enterprise, info: DocumentInfo, *, double_of: int | None = None) -> Document:
    """Make our row of a document that only the service had; `double_of` as in `new_document`."""
    document = new_document(enterprise, info, double_of=double_of)
    document.save()
    return document
