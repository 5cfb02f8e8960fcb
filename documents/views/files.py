"""Our files go out as attachments, from addresses under which nothing runs."""

from typing import Any

from csp.constants import NONE
from csp.decorators import csp
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import View

from console.audit.trail import record
from console.policy.pages import SchoolPage
from console.policy.scope import as_owner
from documents.addresses import address_of, document_at
from documents.models import Document
from documents.queries import standing

NOTHING_RUNS = csp({"default-src": [NONE], "sandbox": True})


@method_decorator(NOTHING_RUNS, name="dispatch")
@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class CoursewareFile(SchoolPage, View):
    """The file, for who may see the document."""

    resource = "document"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = self.find(standing(), pk=pk)
        record("document.download", document, by=request.user)
        if document.file:
            return attachment(document)
        address = address_of(document) or str(document.observed.get("url", ""))
        if not address.startswith(("http://", "https://")):
            raise Http404(_("There is no file of this document here."))
        return redirect(address)


@require_safe
@NOTHING_RUNS
@cache_control(private=True, no_store=True)
def shared(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """The file, for whoever has an address that still holds: iclass fetches it here."""
    with as_owner():
        document = document_at(token)
    if document is None:
        raise Http404
    response = attachment(document)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def attachment(document: Document) -> HttpResponseBase:
    """The bytes, under the name that people gave them, to be kept and not to be shown; or the way to them."""
    files = document.file.storage
    if address := files.address(document.file.name, shown=str(document), life=settings.S3_ADDRESS_S):
        return to_the_bucket(address)
    try:
        opened: Any = document.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("There is no file of this document here.")) from None
    response = FileResponse(
        opened, as_attachment=True, filename=str(document), content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def to_the_bucket(address: str) -> HttpResponse:
    """An address that is good for a short while, and that is told to nobody else."""
    response = HttpResponseRedirect(address)
    response["Referrer-Policy"] = "no-referrer"
    return response
