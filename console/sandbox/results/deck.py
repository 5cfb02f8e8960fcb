"""The H5 version of a document, at its `transcode_result`: one sample page for each that is told of."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ..rules.documents import PAGES
from ..store.models import Document

#: Consoles show it within a page of theirs, wherever they run.
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors http: https:"


def deck(request: HttpRequest, doc_id: str) -> HttpResponse:
    """Of a document that is deleted, or not converted, there is none."""
    found = Document.objects.filter(doc_id=doc_id, deleted=False).exclude(transcode_result="").first()
    if found is None:
        raise Http404
    page = render(request, "deck.html", {"name": found.doc_name, "pages": range(1, PAGES + 1), "many": PAGES})
    page["Content-Security-Policy"] = POLICY
    return page
