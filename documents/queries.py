"""Reading courseware, always within what the reader may see."""

from typing import Any

from django.db.models import QuerySet

from console.policy import scoped
from documents.mirror import FINISHED
from documents.models import Document


def documents_for(reader: Any) -> QuerySet[Document]:
    """The documents that `reader` may see and nobody has deleted, each with its owner."""
    return scoped(standing(), reader, "document", "list")


def standing() -> QuerySet[Document]:
    """Documents that nobody has deleted, with their owners; scope them before you show them."""
    return Document.objects.filter(deleted_at=None).select_related("owner")


def being_converted(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those of which an H5 version is asked for and neither finished nor failed; no `select_related`."""
    asked = documents.filter(deleted_at=None, observed__transcode=True, transcode_code=0)
    return asked.exclude(remote_id="").exclude(transcode_status=FINISHED)
