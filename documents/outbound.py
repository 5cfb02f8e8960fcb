"""Outbox operations for courseware."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from console.iclass import (
    Client,
    DocumentInfo,
    IClassError,
    Invalid,
    NewDocument,
    NotFound,
    OutcomeUnknown,
    Unreadable,
)
from console.iclass import walk as walk_pages
from console.outbox.kinds import (
    NothingToDo,
    OperationExpired,
    OperationKind,
    ProbeAbsent,
    ProbeFound,
    ProbeUnclear,
    RepeatRule,
    register_kind,
)
from console.outbox.models import Operation
from console.outbox.states import OperationState
from documents.file_urls import build_file_url
from documents.mirror.upsert import observed_document_fields, upsert_document
from documents.models import Document
from documents.remote_fields import desired_document_fields, natural_key

#: How far the API's clock may lag behind ours when a probe compares upload times with our first attempt.
CLOCK_SKEW_S = 60


@dataclass(frozen=True)
class AddRequest:
    """The request, and the natural key that identifies the document in later answers."""

    new: NewDocument
    key: str
    enterprise_id: int


def _prepare_add(operation: Operation) -> AddRequest:
    document: Document = operation.subject()
    # Probe for a lost add even if the document was deleted since: the remote copy must be deleted, too.
    if document.remote_id or (document.deleted_at and operation.state != OperationState.PROBING):
        raise NothingToDo
    fields = desired_document_fields(document)
    new = NewDocument(
        doc_url=build_file_url(document),
        doc_name=fields["name"],
        doc_ext=fields["ext"],
        doc_size=fields["bytes"],
        doc_md5=fields["md5"],
        permission=fields["permission"],
        owner=fields["owner"],
        is_transcode=fields["transcode"],
    )
    return AddRequest(new, natural_key(document.enterprise_id, fields), document.enterprise_id)


def _add_document(client: Client, add: AddRequest) -> DocumentInfo:
    """Add the document and read it back."""
    return _read_back(client, add, client.documents.add(add.new))


def _read_back(client: Client, add: AddRequest, doc_id: str) -> DocumentInfo:
    """Return the document with this ID if it matches the request; raise OutcomeUnknown otherwise.

    A corrupted answer may hold the ID of another document, which nobody would notice.
    """
    try:
        info = client.documents.info(doc_id)
    except IClassError as error:
        reason = type(error).__name__
    else:
        if _matches_request(add, info):
            return info
        reason = "another document"
    raise OutcomeUnknown(f"document/add: reading it back brought {reason}", endpoint="document/add")


def _matches_request(add: AddRequest, info: DocumentInfo) -> bool:
    return natural_key(add.enterprise_id, observed_document_fields(info)) == add.key


def _find_added(
    client: Client, add: AddRequest, operation: Operation
) -> ProbeFound | ProbeAbsent | ProbeUnclear:
    """Check whether a lost add took effect: find a remote document with this key that we have no row for."""
    sent = int(operation.first_sent_at.timestamp()) if operation.first_sent_at else 0
    documents = client.documents
    result = walk_pages(
        lambda index, size: documents.list(index, size, prefix=add.new.doc_name, owner=add.new.owner),
        lambda info: info.doc_id,
    )
    since = sent + client.skew - CLOCK_SKEW_S
    alike = [info for info in result.lines if _matches_request(add, info) and info.upload_time >= since]
    free = _unclaimed(operation, _same_file(add, alike))
    if len(free) > 1:
        return ProbeUnclear("several_alike_documents")
    if free:
        return ProbeFound(_read_back(client, add, free[0].doc_id))
    if not result.complete or result.odd:
        raise Unreadable("document/list: a list with gaps does not show that something is missing")
    return ProbeAbsent()


def _same_file(add: AddRequest, alike: list[DocumentInfo]) -> list[DocumentInfo]:
    """Prefer documents with our URL. Without an MD5 only the URL tells files of one name apart."""
    same = [info for info in alike if info.doc_url == add.new.doc_url]
    return same if same or not add.new.doc_md5 else alike


def _unclaimed(operation: Operation, infos: list[DocumentInfo]) -> list[DocumentInfo]:
    ids = [info.doc_id for info in infos]
    held = Document.objects.filter(enterprise=operation.enterprise, remote_id__in=ids)
    taken = set(held.values_list("remote_id", flat=True))
    return [info for info in infos if info.doc_id not in taken]


def _record_document(operation: Operation, info: DocumentInfo) -> None:
    upsert_document(operation.subject(), info)


def _prepare_delete(operation: Operation) -> str:
    document: Document = operation.subject()
    if not document.remote_id:
        raise NothingToDo
    return document.remote_id


def _delete_document(client: Client, doc_id: str) -> None:
    """Delete the document. A repeat after a lost answer is refused as an invalid parameter, which is fine."""
    try:
        client.documents.delete([doc_id])
    except Invalid:
        if not _is_gone(client, doc_id):
            raise


def _is_gone(client: Client, doc_id: str) -> bool:
    try:
        client.documents.info(doc_id)
    except NotFound:
        return True
    return False


def _find_deleted(client: Client, doc_id: str, operation: Operation) -> ProbeFound | ProbeAbsent:
    return ProbeFound(None) if _is_gone(client, doc_id) else ProbeAbsent()


def _record_delete(operation: Operation, _answer: None) -> None:
    """Do nothing: `deleted_at` is set when the operation is enqueued."""


def _prepare_pull(operation: Operation) -> str:
    document: Document = operation.subject()
    if not document.remote_id:
        raise OperationExpired("no_document")
    return document.remote_id


register_kind(
    OperationKind(
        "document.add",
        RepeatRule.UNKEYED_CREATE,
        "document/add",
        _prepare_add,
        _add_document,
        _record_document,
        probe=_find_added,
        label=_("Add courseware"),
    )
)
register_kind(
    OperationKind(
        "document.delete",
        RepeatRule.SET_STATE,
        "document/delete",
        _prepare_delete,
        _delete_document,
        _record_delete,
        probe=_find_deleted,
        label=_("Delete courseware"),
    )
)
register_kind(
    OperationKind(
        "document.pull",
        RepeatRule.SET_STATE,
        "document/info",
        _prepare_pull,
        lambda client, doc_id: client.documents.info(doc_id),
        _record_document,
        label=_("Get courseware"),
    )
)
