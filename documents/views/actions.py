"""Actions on a document."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from console.policy.views import SchoolView
from documents.queries import undeleted_documents
from documents.services import delete_document, pull_document, push_document


class CoursewareDelete(SchoolView, TemplateView):
    """Confirm, then delete the document here and at iclass."""

    resource, action = "document", "delete"
    template_name = "generic/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.get_row(undeleted_documents(), pk=self.kwargs["pk"])
        return super().get_context_data(
            title=_("Delete %(name)s?") % {"name": document},
            detail=_("It is deleted in the console and at iclass, and removed from all lessons that use it."),
            submit_label=_("Delete"),
            cancel_url=document.get_absolute_url(),
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = self.get_row(undeleted_documents(), pk=pk)
        delete_document(document=document, by=self.request.user)
        self.success(
            _("%(name)s has been deleted. The change is sent to iclass within seconds.") % {"name": document}
        )
        return redirect("documents:courseware")


class CoursewareAction(SchoolView, View):
    """Pull from iclass now, or send again. Accepts only POST."""

    resource = "document"
    http_method_names = ["post", "options"]
    SERVICES = {"pull": pull_document, "push": push_document}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = self.get_row(undeleted_documents(), pk=pk)
        try:
            self.SERVICES[self.action](document=document, by=self.request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            self.success(_("Checking iclass. The result appears on this page automatically."))
        return redirect(reverse("classes:document", args=[pk]))
