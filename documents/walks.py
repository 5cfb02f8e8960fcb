"""Comparing all courseware of a school with the service, and looking at what is being converted."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Enterprise
from console.iclass import DocumentInfo, IClassError, NotFound
from console.mirror.absence import absent
from console.mirror.copies import sent_since
from console.mirror.drift import is_news
from console.mirror.leases import POLLED, hold, let_go, take_due
from console.mirror.registry import poller, walk
from console.mirror.walking import CHUNK, THREADS, UNCLAIMED, Round
from console.outbox.models import Operation
from console.outbox.states import OPEN, SyncState
from documents.mirror import (
    OPTIONAL,
    adopt_document,
    document_seen,
    next_look,
    observed_document,
    observed_of,
    transcode_told,
    wanted_document,
)
from documents.models import Document
from documents.natural import natural_key

LONGEST_ID = 64


@walk("documents", order=4)
def walk_documents(walk: Round) -> None:
    """Compare with `/document/list`; adopt documents made outside, with owner and permission."""
    documents = walk.client.documents
    result = walk.read(lambda index, size: documents.list(index, size), lambda line: line.doc_id)
    claimed = _being_added(walk.enterprise)
    busy = walk.busy(Document)
    rows = walk.enterprise.documents.exclude(remote_id="").select_related("owner")
    known = {document.remote_id: document for document in rows}
    fresh = [line for line in result.lines if line.doc_id not in known and len(line.doc_id) <= LONGEST_ID]
    _adopt(walk, [line for line in fresh if _key(walk.enterprise, line) not in claimed])
    for info in result.lines:
        document = known.get(info.doc_id)
        if document and not document.deleted_at and document.pk not in busy and _news(document, info):
            _see(walk, document, info)
    expected = {
        doc_id: document.pk
        for doc_id, document in known.items()
        if not document.deleted_at and document.sync_state != SyncState.GONE and document.pk not in busy
    }
    seen = {info.doc_id for info in result.lines}
    for pk, info in absent(walk, Document, expected, seen, lambda doc_id: documents.info(doc_id)):
        _see(walk, Document.objects.get(pk=pk), info)


def _key(enterprise: Enterprise, info: DocumentInfo) -> str:
    return natural_key(enterprise.pk, observed_document(info))


def _being_added(enterprise: Enterprise) -> set[str]:
    """Natural keys of documents that an operation of ours may just have added."""
    if not UNCLAIMED.up:
        return set()
    adding = Operation.objects.filter(enterprise=enterprise, kind="document.add", state__in=OPEN)
    subjects = Document.objects.filter(pk__in=adding.values("subject_id")).select_related("owner")
    keys = {natural_key(enterprise.pk, wanted_document(document)) for document in subjects}
    return keys | set(adding.values_list("lane", flat=True))


def _news(document: Document, info: DocumentInfo) -> bool:
    return is_news(
        document,
        info.doc_id,
        wanted=wanted_document(document),
        observed=observed_of(document, info),
        optional=OPTIONAL,
        extra=transcode_told(info),
    )


def _see(walk: Round, document: Document, info: DocumentInfo) -> None:
    with walk.writing(document) as rows:
        if rows and document_seen(document, info):
            walk.report.changed += 1


def _adopt(walk: Round, infos: Sequence[DocumentInfo]) -> None:
    """Rows of documents made outside; one that was adopted meanwhile is left to that."""
    oldest = min((info.upload_time for info in infos), default=0)
    sent = sent_since(walk.enterprise, "document.add", oldest) if infos else {}
    for start in range(0, len(infos), CHUNK):
        with walk.writing():
            for info in infos[start : start + CHUNK]:
                try:
                    with transaction.atomic():
                        adopt_document(walk.enterprise, info, double_of=sent.get(_key(walk.enterprise, info)))
                    walk.report.adopted += 1
                except IntegrityError:
                    continue


@poller("documents")
def look_at_documents(limit: int) -> int:
    """Ask for up to `limit` documents that are being converted: HTTP in threads, a transaction a row."""
    documents = take_due(Document, limit)
    clients = {document.enterprise_id: document.enterprise.client() for document in documents}

    def ask(document: Document) -> DocumentInfo | IClassError:
        try:
            return clients[document.enterprise_id].documents.info(document.remote_id)
        except IClassError as error:
            return error

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        told: Iterable[DocumentInfo | IClassError] = pool.map(ask, documents)
        for document, answer in zip(documents, told, strict=True):
            POLLED.hit()
            _write(document, answer)
    return len(documents)


@transaction.atomic
def _write(document: Document, answer: DocumentInfo | IClassError) -> None:
    if not hold(document):
        return
    now = timezone.now()
    if isinstance(answer, IClassError):
        # Whether it is gone is for the walk to find out.
        wait = timedelta(seconds=settings.TRANSCODE_POLL_S * min(2**document.look_failures, 8))
        failures = document.look_failures + 1
        let_go(document, None if isinstance(answer, NotFound) else now + wait, look_failures=failures)
        return
    document_seen(document, answer)
    let_go(document, next_look(document), looked_at=now, look_failures=0)
