"""课件模块: documents and their transcoding."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr

from console.sandbox import clock, knobs, ledger, links
from console.sandbox.callbacks import callback_queue
from console.sandbox.errors import Code, Refusal, invalid
from console.sandbox.services import steps
from console.sandbox.store.models import Document, Enterprise

PROGRESS = {"queued": 0, "processing": 50, "finished": 100}
PAGES, RESOLUTION = 20, "1024x768"
FAILED = int(Code.TRANSCODE_NOT_MADE)


def add(enterprise: Enterprise, body: dict[str, Any]) -> Document:
    """Create a document. Without an owner it is public, whatever was requested."""
    wants = body.get("is_transcode", False)
    if wants and not knobs.value("transcode_allowed"):
        raise Refusal(Code.TRANSCODE_NOT_MADE, "the enterprise is not on the white list for transcoding")
    permission = body.get("permission", "private") if body.get("owner") else "public"
    document = Document.objects.create(
        enterprise=enterprise,
        doc_id=secrets.token_hex(8),
        upload_time=clock.now(),
        transcode_status="wait" if wants else "",
        **(body | {"permission": permission}),
    )
    ledger.record_effect(
        enterprise, "document", document.doc_id, "added", name=document.doc_name, owner=document.owner
    )
    if wants:
        steps.schedule_steps("transcode", document.pk, list(PROGRESS))
    return document


def find(enterprise: Enterprise, doc_id: str) -> Document:
    """Return the document; raise Refusal 10003 if there is none."""
    found = active_documents(enterprise).filter(doc_id=doc_id).first()
    if found is None:
        raise invalid(f"there is no document {doc_id}")
    return found


def delete(enterprise: Enterprise, doc_ids: list[str]) -> None:
    """Delete documents; unknown ids are ignored, but if all are unknown raise Refusal 10003."""
    gone = active_documents(enterprise).filter(doc_id__in=doc_ids)
    ids = list(gone.values_list("doc_id", flat=True))
    if not ids:
        known = Document.objects.filter(enterprise=enterprise, doc_id__in=doc_ids).exists()
        if known and knobs.value("second_delete") == "ok":
            return
        raise invalid("there is no such document")
    gone.update(deleted=True)
    for doc_id in ids:
        ledger.record_effect(enterprise, "document", doc_id, "deleted")


def active_documents(enterprise: Enterprise) -> QuerySet[Document]:
    """Return the documents of an enterprise, oldest first."""
    return Document.objects.filter(enterprise=enterprise, deleted=False).order_by("id")


def filter_documents(enterprise: Enterprise, body: dict[str, Any]) -> QuerySet[Document]:
    """Return the documents of a filter; new ones appear after the lag of lists."""
    cards = active_documents(enterprise)
    if lag := knobs.value("list_lag_s"):
        cards = cards.filter(upload_time__lte=clock.now() - lag)
    if owner := body.get("owner"):
        cards = cards.filter(owner=owner)
    if permissions := body.get("permissions"):
        cards = cards.filter(permission__in=permissions)
    if prefix := body.get("prefix"):
        cards = cards.annotate(head=Substr("doc_name", 1, len(prefix))).filter(head=prefix)
    return cards


def advance_transcoding(document: Document, status: str) -> None:
    """Run a step of the transcoding and queue transport_progress; a failure ends it at the knob's status."""
    if document.deleted or document.transcode_code:
        return
    fails = knobs.value("transcode_outcome") == "fails" and status == knobs.value("transcode_failed_status")
    document.transcode_status = status
    if fails:
        document.transcode_code, document.transcode_msg = FAILED, "the file could not be transcoded"
    elif status == "finished":
        document.transcode_result = f"{links.public_url()}/h5/{document.doc_id}/index.html"
    document.save()
    ledger.record_effect(
        document.enterprise, "document", document.doc_id, f"transcode_{status}", failed=fails
    )
    _enqueue_progress(document, status)


def _enqueue_progress(document: Document, status: str) -> None:
    told = {
        "error_code": document.transcode_code,
        "error_msg": document.transcode_msg,
        "timestamp": clock.now(),
        "status": status,
        "progress": PROGRESS[status],
        "h5_url": document.transcode_result,
        "resolution": RESOLUTION,
        "pages": PAGES,
        "title": document.doc_name,
    }
    callback_queue.enqueue_callback(document.enterprise, "transport_progress", told)
