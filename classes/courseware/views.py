"""View of one document."""

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.generic import DetailView

from classes.courseware.attachments import document_uses
from classes.courseware.hosts import is_allowed_url
from console.outbox.states import SyncState
from console.policy import may
from console.policy.views import PAGE_SIZE, SchoolView
from documents.file_urls import file_link
from documents.models import Document
from documents.queries import undeleted_documents
from documents.transcode_state import transcode_error, transcode_state_of


class DocumentPage(SchoolView, DetailView):
    """A document: its file, its state at iclass, its H5 version, and its uses."""

    resource = "document"
    template_name = "documents/document.html"
    context_object_name = "document"
    queryset = undeleted_documents().select_related("owner", "enterprise", "replaces")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Allow this page, and no other, to frame the origin of the H5 version."""
        response = super().get(request, *args, **kwargs)
        page: Any = response
        if url := page.context_data["preview"]:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            framed = csp_update({"frame-src": [origin]})(lambda asked: response)(request)
            assert isinstance(framed, HttpResponse)  # the same response
            return framed
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        document = self.object
        uses = document_uses(document, self.request.user)
        conversion = transcode_state_of(document)
        url = document.transcode_url if conversion.name == "ready" else ""
        preview = url if is_allowed_url(url, settings.H5_HOSTS) else ""
        return super().get_context_data(
            title=str(document),
            conversion=conversion,
            transcode_error=transcode_error(document),
            preview=preview,
            preview_elsewhere=url if not preview else "",
            busy=document.sync_state in (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING),
            has_file=bool(document.file or file_link(document)),
            everybodys=document.permission == Document.Permission.PUBLIC or document.owner is None,
            may_change=self.may("change", document),
            may_delete=self.may("delete", document),
            may_pull=self.may("pull", document) and document.remote_id,
            may_attach=may(self.request.user, "attach", "lesson"),
            may_push=self.may("push", document) and not document.remote_id,
            person_link="" if may(self.request.user, "list", "person") else "no",
            uses=Paginator(uses, PAGE_SIZE).get_page(self.request.GET.get("page")),
            address_days=-(-settings.COURSEWARE_URL_S // 86400),
            **more,
        )
