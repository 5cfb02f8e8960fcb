"""The list of courseware."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from console.policy.pages import SchoolPage, keyset
from documents.forms import CoursewareFilter
from documents.mirror import FINISHED
from documents.models import Document
from documents.queries import being_converted, documents_for
from documents.words import conversion_of


class CoursewareList(SchoolPage, TemplateView):
    """What the reader may see: their own and everybody's, or all of the school."""

    resource, action = "document", "list"
    template_name = "documents/courseware.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chosen = CoursewareFilter(self.request.GET)
        chosen.is_valid()
        page = keyset(self._chosen(chosen.cleaned_data), self.request)
        return super().get_context_data(
            title=_("Courseware"),
            search_label=_("File name"),
            filter_form=chosen,
            keyset=page,
            lines=[(one, conversion_of(one)) for one in page.rows],
            may_add=self.may("add"),
            **more,
        )

    def _chosen(self, data: dict[str, Any]) -> QuerySet[Document]:
        documents = documents_for(self.request.user)
        if words := data.get("q"):
            documents = documents.filter(name__icontains=words)
        if kind := data.get("kind"):
            documents = documents.filter(ext=kind)
        if whose := data.get("whose"):
            mine = Q(owner=self.request.user)
            documents = documents.filter(mine if whose == "mine" else ~mine & shared())
        if h5 := data.get("h5"):
            documents = _converted(documents, h5)
        return documents


def shared() -> Q:
    """What iclass shows to everybody in the school."""
    return Q(permission=Document.Permission.PUBLIC) | Q(owner=None)


def _converted(documents: QuerySet[Document], state: str) -> QuerySet[Document]:
    if state == "failed":
        return documents.exclude(transcode_code=0)
    if state == "ready":
        return documents.filter(transcode_status=FINISHED, transcode_code=0)
    return being_converted(documents)
