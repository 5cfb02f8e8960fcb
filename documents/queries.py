"""Courseware querysets."""

from typing import Any

from django.db.models import QuerySet

from console.policy import scoped
from documents.models import TRANSCODE_FINISHED, Document


def documents_for(reader: Any) -> QuerySet[Document]:
    """Return the undeleted documents that `reader` may see, with their owners."""
    return scoped(undeleted_documents(), reader, "document", "list")


def search_documents(documents: QuerySet[Document], text: str) -> QuerySet[Document]:
    """Return the documents whose file name contains every word of the text."""
    for word in text.split():
        documents = documents.filter(name__icontains=word)
    return documents


def undeleted_documents() -> QuerySet[Document]:
    """Return all undeleted documents, with their owners. Scope them before you show them."""
    return Document.objects.filter(deleted_at=None).select_related("owner")


def transcoding_documents(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Return the documents whose requested H5 version neither finished nor failed; no `select_related`."""
    requested = documents.filter(deleted_at=None, observed__transcode=True, transcode_code=0)
    return requested.exclude(remote_id="").exclude(transcode_status=TRANSCODE_FINISHED)
