"""The page of one document."""

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.generic import DetailView

from classes.courseware.attaching import uses_of
from classes.courseware.hosts import allowed
from console.outbox.states import SyncState
from console.policy import may
from console.policy.pages import SchoolPage
from documents.models import Document
from documents.queries import standing
from documents.words import conversion_of, why_failed


class DocumentPage(SchoolPage, DetailView):
    """A document: its file, how it stands at iclass, its H5 version, and where it is used."""

    resource = "document"
    template_name = "documents/document.html"
    context_object_name = "document"
    queryset = standing().select_related("owner", "enterprise", "replaces")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The H5 version is shown in a frame from where it may lie, and this page alone may frame that."""
        response = super().get(request, *args, **kwargs)
        if url := response.context_data["preview"]:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
            framed: HttpResponse = csp_update({"frame-src": [origin]})(lambda asked: response)(request)
            return framed
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        document = self.object
        conversion = conversion_of(document)
        url = document.transcode_url if conversion.name == "ready" else ""
        preview = url if allowed(url, settings.H5_HOSTS) else ""
        return super().get_context_data(
            title=str(document),
            conversion=conversion,
            why_failed=why_failed(document),
            preview=preview,
            preview_elsewhere=url if not preview else "",
            busy=document.sync_state in (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING),
            has_file=bool(document.file) or bool(document.observed.get("url")),
            everybodys=document.permission == Document.Permission.PUBLIC or document.owner is None,
            may_change=self.may("change", document),
            may_delete=self.may("delete", document),
            may_pull=self.may("pull", document) and document.remote_id,
            may_push=self.may("push", document) and not document.remote_id,
            person_link="" if may(self.request.user, "list", "person") else "no",
            uses=uses_of(document, self.request.user),
            address_days=-(-settings.COURSEWARE_ADDRESS_S // 86400),
            **more,
        )
