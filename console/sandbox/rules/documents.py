"""课件模块: cards of courseware and their transcoding."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr

from .. import address, clock, knobs, ledger
from ..callbacks import queue
from ..errors import Code, Refusal, invalid
from ..store.models import Document, Enterprise
from . import steps

PROGRESS = {"queued": 0, "processing": 50, "finished": 100}
PAGES, RESOLUTION = 20, "1024x768"
FAILED = int(Code.TRANSCODE_NOT_MADE)


def add(enterprise: Enterprise, body: dict[str, Any]) -> Document:
    """Make a card. Without an owner it is public, whatever was asked."""
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
    ledger.effect(
        enterprise, "document", document.doc_id, "added", name=document.doc_name, owner=document.owner
    )
    if wants:
        steps.plan("transcode", document.pk, list(PROGRESS))
    return document


def find(enterprise: Enterprise, doc_id: str) -> Document:
    """The card, or Refusal 10003."""
    found = alive(enterprise).filter(doc_id=doc_id).first()
    if found is None:
        raise invalid(f"there is no document {doc_id}")
    return found


def delete(enterprise: Enterprise, doc_ids: list[str]) -> None:
    """Take cards away; unknown ones beside known ones are passed over, none known is Refusal 10003."""
    gone = alive(enterprise).filter(doc_id__in=doc_ids)
    ids = list(gone.values_list("doc_id", flat=True))
    if not ids:
        known = Document.objects.filter(enterprise=enterprise, doc_id__in=doc_ids).exists()
        if known and knobs.value("second_delete") == "ok":
            return
        raise invalid("there is no such document")
    gone.update(deleted=True)
    for doc_id in ids:
        ledger.effect(enterprise, "document", doc_id, "deleted")


def alive(enterprise: Enterprise) -> QuerySet[Document]:
    """The cards of an enterprise, oldest first."""
    return Document.objects.filter(enterprise=enterprise, deleted=False).order_by("id")


def listed(enterprise: Enterprise, body: dict[str, Any]) -> QuerySet[Document]:
    """The cards of a filter; new ones stay out for the list's lag."""
    cards = alive(enterprise)
    if lag := knobs.value("list_lag_s"):
        cards = cards.filter(upload_time__lte=clock.now() - lag)
    if owner := body.get("owner"):
        cards = cards.filter(owner=owner)
    if permissions := body.get("permissions"):
        cards = cards.filter(permission__in=permissions)
    if prefix := body.get("prefix"):
        cards = cards.annotate(head=Substr("doc_name", 1, len(prefix))).filter(head=prefix)
    return cards


def progress(document: Document, status: str) -> None:
    """One step of the transcoding, told by transport_progress; a failure ends it at the knob's status."""
    if document.deleted or document.transcode_code:
        return
    fails = knobs.value("transcode_outcome") == "fails" and status == knobs.value("transcode_failed_status")
    document.transcode_status = status
    if fails:
        document.transcode_code, document.transcode_msg = FAILED, "the file could not be transcoded"
    elif status == "finished":
        document.transcode_result = f"{address.public()}/h5/{document.doc_id}/index.html"
    document.save()
    ledger.effect(document.enterprise, "document", document.doc_id, f"transcode_{status}", failed=fails)
    _tell(document, status)


def _tell(document: Document, status: str) -> None:
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
    queue.event(document.enterprise, "transport_progress", told)
