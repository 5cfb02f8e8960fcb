"""Reconcile a school's courseware with the API, and poll documents that are being transcoded.

The callback `transport_progress` names no document, so it only triggers polls.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Enterprise
from console.iclass import DocumentInfo, IClassError, NotFound
from console.inbox.models import Callback
from console.inbox.processing import register_handler
from console.mirror.differences import has_changes
from console.mirror.duplicates import creates_sent_since
from console.mirror.leases import POLLED, lease_due_rows, lock_leased_row, release_lease, schedule_poll_now
from console.mirror.reconciliation import CHUNK_SIZE, MAX_THREADS, ReconcileRun
from console.mirror.registry import register_poller, register_reconciler
from console.mirror.remote_deletions import check_missing_rows
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES, SyncState
from console.wakeup import wake_worker
from documents.mirror.upsert import (
    OPTIONAL_FIELDS,
    adopt_document,
    next_poll_at,
    observed_document_fields,
    observed_with_duplicate,
    transcode_columns,
    upsert_document,
)
from documents.models import Document
from documents.queries import transcoding_documents
from documents.remote_fields import desired_document_fields, natural_key
from documents.services import lock_document

MAX_ID_LENGTH = 64


@register_reconciler("documents", order=4)
def reconcile_documents(walk: ReconcileRun) -> None:
    """Compare with `/document/list`; adopt documents created elsewhere, with owner and permission."""
    documents = walk.client.documents
    result = walk.read(lambda index, size: documents.list(index, size), lambda info: info.doc_id)
    claimed = _pending_add_keys(walk.enterprise)
    busy = walk.busy_ids(Document)
    rows = walk.enterprise.documents.exclude(remote_id="").select_related("owner")
    known = {document.remote_id: document for document in rows}
    fresh = [info for info in result.lines if info.doc_id not in known and len(info.doc_id) <= MAX_ID_LENGTH]
    _adopt(walk, [info for info in fresh if _natural_key(walk.enterprise, info) not in claimed])
    for info in result.lines:
        document = known.get(info.doc_id)
        if document and not document.deleted_at and document.pk not in busy and _differs(document, info):
            _upsert(walk, document, info)
    expected = {
        doc_id: document.pk
        for doc_id, document in known.items()
        if not document.deleted_at and document.sync_state != SyncState.GONE and document.pk not in busy
    }
    found = {info.doc_id for info in result.lines}
    for pk, info in check_missing_rows(
        walk, Document, expected, found, lambda doc_id: documents.info(doc_id)
    ):
        _upsert(walk, Document.objects.get(pk=pk), info)


def _natural_key(enterprise: Enterprise, info: DocumentInfo) -> str:
    return natural_key(enterprise.pk, observed_document_fields(info))


def _pending_add_keys(enterprise: Enterprise) -> set[str]:
    """Return the natural keys of documents that an open operation may have added."""
    adds = Operation.objects.filter(enterprise=enterprise, kind="document.add", state__in=OPEN_STATES)
    subjects = Document.objects.filter(pk__in=adds.values("subject_id")).select_related("owner")
    keys = {natural_key(enterprise.pk, desired_document_fields(document)) for document in subjects}
    return keys | set(adds.values_list("lane", flat=True))


def _differs(document: Document, info: DocumentInfo) -> bool:
    return has_changes(
        document,
        info.doc_id,
        desired=desired_document_fields(document),
        observed=observed_with_duplicate(document, info),
        optional=OPTIONAL_FIELDS,
        extra=transcode_columns(info),
    )


def _upsert(walk: ReconcileRun, document: Document, info: DocumentInfo) -> None:
    with walk.write_transaction(document) as rows:
        if rows and upsert_document(lock_document(document), info):
            walk.report.changed += 1


def _adopt(walk: ReconcileRun, infos: Sequence[DocumentInfo]) -> None:
    """Create rows for remote documents; skip those that another process adopted meanwhile."""
    oldest = min((info.upload_time for info in infos), default=0)
    sent = creates_sent_since(walk.enterprise, "document.add", oldest) if infos else {}
    for start in range(0, len(infos), CHUNK_SIZE):
        with walk.write_transaction():
            for info in infos[start : start + CHUNK_SIZE]:
                try:
                    with transaction.atomic():
                        adopt_document(
                            walk.enterprise, info, double_of=sent.get(_natural_key(walk.enterprise, info))
                        )
                    walk.report.adopted += 1
                except IntegrityError:
                    continue


@register_poller("documents")
def poll_documents(limit: int) -> int:
    """Poll up to `limit` documents that are being transcoded: HTTP in threads, one transaction per row."""
    documents = lease_due_rows(Document, limit)
    clients = {document.enterprise_id: document.enterprise.client() for document in documents}

    def fetch(document: Document) -> DocumentInfo | IClassError:
        try:
            return clients[document.enterprise_id].documents.info(document.remote_id)
        except IClassError as error:
            return error

    with ThreadPoolExecutor(max_workers=MAX_THREADS) as pool:
        answers: Iterable[DocumentInfo | IClassError] = pool.map(fetch, documents)
        for document, answer in zip(documents, answers, strict=True):
            POLLED.hit()
            _record_poll(document, answer)
    return len(documents)


@transaction.atomic
def _record_poll(document: Document, answer: DocumentInfo | IClassError) -> None:
    if not lock_leased_row(document):
        return
    now = timezone.now()
    if isinstance(answer, IClassError):
        # Reconciliation decides whether the document was deleted remotely.
        wait = timedelta(seconds=settings.TRANSCODE_POLL_S * min(2**document.look_failures, 8))
        failures = document.look_failures + 1
        release_lease(document, None if isinstance(answer, NotFound) else now + wait, look_failures=failures)
        return
    upsert_document(document, answer)
    release_lease(document, next_poll_at(document), looked_at=now, look_failures=0)


@register_handler("transport_progress")
def schedule_transcode_polls(callback: Callback) -> None:
    """Poll `/document/info` for every document of the school whose transcoding is not finished.

    Documents that are due already and not being polled stay as they are: a school that uploads hundreds at
    once gets as many of these callbacks.
    """
    pending = transcoding_documents(Document.objects.filter(enterprise_id=callback.enterprise_id))
    schedule_poll_now(pending.exclude(look_until=None, look_at__lte=timezone.now()))
    if pending.exists():
        transaction.on_commit(lambda: wake_worker("console.mirror.tasks.poll"))
