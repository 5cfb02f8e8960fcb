"""Operations about courseware → the API."""

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
from console.outbox.kinds import Absent, Found, Kind, Lapsed, Nature, NothingToDo, Unclear, register
from console.outbox.models import Operation
from console.outbox.points import ADOPT_UNHELD, READ_BACK
from console.outbox.states import State
from documents.addresses import address_of
from documents.mirror import document_seen, observed_document, wanted_document
from documents.models import Document
from documents.natural import natural_key

#: How far the service's clock may be behind ours when a probe asks whether a card is younger than our try.
CLOCK_SKEW_S = 60


@dataclass(frozen=True)
class Add:
    """What to send, and the natural key by which it is known again."""

    new: NewDocument
    key: str
    enterprise_id: int


def _new_document(operation: Operation) -> Add:
    document: Document = operation.subject()
    # A lost add of a document that was deleted since is looked for too: what it made is to be deleted.
    if document.remote_id or (document.deleted_at and operation.state != State.PROBING):
        raise NothingToDo
    words = wanted_document(document)
    new = NewDocument(
        doc_url=address_of(document),
        doc_name=words["name"],
        doc_ext=words["ext"],
        doc_size=words["bytes"],
        doc_md5=words["md5"],
        permission=words["permission"],
        owner=words["owner"],
        is_transcode=words["transcode"],
    )
    return Add(new, natural_key(document.enterprise_id, words), document.enterprise_id)


def _add(client: Client, add: Add) -> DocumentInfo:
    """Add it and read it back."""
    return _read_back(client, add, client.documents.add(add.new))


def _read_back(client: Client, add: Add, doc_id: str) -> DocumentInfo:
    """The document under this id, if it is the one that we asked for; OutcomeUnknown otherwise.

    An answer that was spoilt on the way may hold the id of another document: nobody would ever notice.
    """
    try:
        info = client.documents.info(doc_id)
    except IClassError as error:
        reason = type(error).__name__
    else:
        if _alike(add, info) or not READ_BACK.up:
            return info
        reason = "another document"
    raise OutcomeUnknown(f"document/add: reading it back brought {reason}", endpoint="document/add")


def _alike(add: Add, info: DocumentInfo) -> bool:
    return natural_key(add.enterprise_id, observed_document(info)) == add.key


def _find_added(client: Client, add: Add, operation: Operation) -> Found | Absent | Unclear:
    """Whether a lost add took effect: a card of this natural key that no document of ours holds."""
    sent = int(operation.first_sent_at.timestamp()) if operation.first_sent_at else 0
    documents = client.documents
    result = walk_pages(
        lambda index, size: documents.list(index, size, prefix=add.new.doc_name, owner=add.new.owner),
        lambda line: line.doc_id,
    )
    since = sent + client.skew - CLOCK_SKEW_S
    alike = [line for line in result.lines if _alike(add, line) and line.upload_time >= since]
    free = _free(operation, _same_file(add, alike))
    if len(free) > 1:
        return Unclear("several_alike_documents")
    if free:
        return Found(_read_back(client, add, free[0].doc_id))
    if not result.complete or result.odd:
        raise Unreadable("document/list: a list with gaps does not show that something is missing")
    return Absent()


def _same_file(add: Add, alike: list[DocumentInfo]) -> list[DocumentInfo]:
    """Without a digest only the address tells files of one name apart; with one, where several are left."""
    same = [line for line in alike if line.doc_url == add.new.doc_url]
    return same if same or not add.new.doc_md5 else alike


def _free(operation: Operation, lines: list[DocumentInfo]) -> list[DocumentInfo]:
    ids = [line.doc_id for line in lines]
    held = Document.objects.filter(enterprise=operation.enterprise, remote_id__in=ids)
    taken = set(held.values_list("remote_id", flat=True)) if ADOPT_UNHELD.up else set()
    return [line for line in lines if line.doc_id not in taken]


def _seen(operation: Operation, info: DocumentInfo) -> None:
    document_seen(operation.subject(), info)


def _doomed(operation: Operation) -> str:
    document: Document = operation.subject()
    if not document.remote_id:
        raise NothingToDo
    return document.remote_id


def _delete(client: Client, doc_id: str) -> None:
    """Gone is what was wanted: a repeat after a lost answer is refused as an invalid parameter."""
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


def _find_deleted(client: Client, doc_id: str, operation: Operation) -> Found | Absent:
    return Found(None) if _is_gone(client, doc_id) else Absent()


def _deleted(operation: Operation, _answer: None) -> None:
    """Nothing to write: `deleted_at` stands since the wish."""


def _doc_id(operation: Operation) -> str:
    document: Document = operation.subject()
    if not document.remote_id:
        raise Lapsed("no_document")
    return document.remote_id


register(
    Kind(
        "document.add",
        Nature.UNKEYED_CREATE,
        "document/add",
        _new_document,
        _add,
        _seen,
        probe=_find_added,
        label=_("Add the document"),
    )
)
register(
    Kind(
        "document.delete",
        Nature.SET_STATE,
        "document/delete",
        _doomed,
        _delete,
        _deleted,
        probe=_find_deleted,
        label=_("Delete the document"),
    )
)
register(
    Kind(
        "document.pull",
        Nature.SET_STATE,
        "document/info",
        _doc_id,
        lambda client, doc_id: client.documents.info(doc_id),
        _seen,
        label=_("Look at the document"),
    )
)
