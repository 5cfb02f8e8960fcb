"""Downloads. Files are sent as attachments, with a sandboxing CSP."""

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
from console.policy.database_scope import as_owner
from console.policy.views import SchoolView
from documents.file_urls import document_from_token, file_link
from documents.models import Document
from documents.queries import undeleted_documents

SANDBOX_CSP = csp({"default-src": [NONE], "sandbox": True})


@method_decorator(SANDBOX_CSP, name="dispatch")
@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class CoursewareFile(SchoolView, View):
    """Download a file, for users who may see the document."""

    resource = "document"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = self.get_row(undeleted_documents(), pk=pk)
        if document.file:
            response = file_response(document)
        elif address := file_link(document):
            response = redirect(address)
        else:
            raise Http404(_("The console has no file for this courseware."))
        record("document.download", document, by=request.user)
        return response


@require_safe
@SANDBOX_CSP  # type: ignore[arg-type]  # django-csp knows no arguments
@cache_control(private=True, no_store=True)
def shared_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Send the file to anyone with a valid signed URL. iclass fetches files here."""
    with as_owner():
        document = document_from_token(token)
    if document is None:
        raise Http404
    response = file_response(document)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def file_response(document: Document) -> HttpResponseBase:
    """Return the file as an attachment under the document's name, or a redirect to the bucket."""
    files: Any = document.file.storage
    if address := files.signed_url(document.file.name, filename=str(document), lifetime_s=settings.S3_URL_S):
        return redirect_to_bucket(address)
    try:
        opened: Any = document.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("The console has no file for this courseware.")) from None
    response = FileResponse(
        opened, as_attachment=True, filename=str(document), content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def redirect_to_bucket(address: str) -> HttpResponse:
    """Redirect to a short-lived URL of the bucket; no referrer may leak it."""
    response = HttpResponseRedirect(address)
    response["Referrer-Policy"] = "no-referrer"
    return response
