"""What the search finds of courseware."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from console.ui.search_sources import (
    MAX_RESULTS,
    SearchablePage,
    SearchResult,
    register_search_source,
    register_searchable_pages,
)
from documents.queries import documents_for, search_documents


def find_documents(reader: Any, words: Sequence[str]) -> list[SearchResult]:
    """Return courseware by file name, the newest first."""
    documents = search_documents(documents_for(reader), " ".join(words))
    return [
        SearchResult(str(document), document.get_absolute_url(), str(document.owner or ""))
        for document in documents.order_by("-id")[:MAX_RESULTS]
    ]


register_search_source(
    "document",
    find_documents,
    order=5,
    label=_("Courseware"),
    icon="folders",
    list_url="documents:courseware",
)
register_searchable_pages(SearchablePage(_("Upload courseware"), "documents:add", "add", "document"))
