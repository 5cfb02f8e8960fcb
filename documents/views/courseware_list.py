"""Courseware list."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from console.lists.views import TableView
from console.policy import may
from console.policy.views import paginate_by_key
from documents.forms import CoursewareFilter
from documents.models import TRANSCODE_FINISHED, Document
from documents.queries import documents_for, search_documents, transcoding_documents
from documents.tables import COURSEWARE_TABLE
from documents.transcode_state import transcode_state_of


class CoursewareList(TableView, TemplateView):
    """List the documents that the reader may see: their own and shared ones, or all of the school."""

    resource, action = "document", "list"
    table = COURSEWARE_TABLE
    template_name = "documents/courseware.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filter_form = CoursewareFilter(self.request.GET)
        filter_form.is_valid()
        documents = self._filter_documents(filter_form.cleaned_data)
        page = paginate_by_key(documents, self.request, self.table_state.order or ("-id",))
        return super().get_context_data(
            title=_("Courseware"),
            search_label=_("File name"),
            filter_form=filter_form,
            keyset=page,
            lines=[(document, transcode_state_of(document)) for document in page.rows],
            may_add=self.may("add"),
            many=self._bulk_links(),
            **kwargs,
        )

    def _bulk_links(self) -> list[dict[str, Any]]:
        if not may(self.request.user, "attach", "lesson"):
            return []
        label, address = _("Attach to lessons"), reverse("classes:courseware_attach")
        return [{"url": address, "label": label, "icon_name": "paperclip"}]

    def _filter_documents(self, data: dict[str, Any]) -> QuerySet[Document]:
        documents = search_documents(documents_for(self.request.user), data.get("q", ""))
        if kind := data.get("kind"):
            documents = documents.filter(ext=kind)
        if ownership := data.get("whose"):
            mine = Q(owner=self.request.user)
            documents = documents.filter(mine if ownership == "mine" else ~mine & shared_with_school())
        if h5 := data.get("h5"):
            documents = _filter_by_transcode(documents, h5)
        return documents


def shared_with_school() -> Q:
    """Return the filter for documents that iclass shows to the whole school."""
    return Q(permission=Document.Permission.PUBLIC) | Q(owner=None)


def _filter_by_transcode(documents: QuerySet[Document], state: str) -> QuerySet[Document]:
    if state == "failed":
        return documents.exclude(transcode_code=0)
    if state == "ready":
        return documents.filter(transcode_status=TRANSCODE_FINISHED, transcode_code=0)
    return transcoding_documents(documents)
