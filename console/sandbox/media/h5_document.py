"""H5 version of a document, at its `transcode_result`: one sample page per page of the document."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from console.sandbox.services.documents import PAGES
from console.sandbox.store.models import Document

#: Consoles embed it in a page of theirs, wherever they run.
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors http: https:"


def h5_document(request: HttpRequest, doc_id: str) -> HttpResponse:
    """Show the H5 version; 404 for a document that is deleted or not converted."""
    found = Document.objects.filter(doc_id=doc_id, deleted=False).exclude(transcode_result="").first()
    if found is None:
        raise Http404
    page = render(request, "deck.html", {"name": found.doc_name, "pages": range(1, PAGES + 1), "many": PAGES})
    page["Content-Security-Policy"] = POLICY
    return page
