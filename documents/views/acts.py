"""What people do to a document by a button."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from console.policy.pages import SchoolPage
from documents.queries import standing
from documents.services import delete_document, pull_document, push_document


class CoursewareDelete(SchoolPage, TemplateView):
    """Asks, then deletes it here and at iclass."""

    resource, action = "document", "delete"
    template_name = "generic/confirm.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        document = self.find(standing(), pk=self.kwargs["pk"])
        return super().get_context_data(
            title=_("Delete %(name)s?") % {"name": document},
            detail=_("It is deleted here and at iclass, and taken out of the lessons that have it."),
            submit_label=_("Delete"),
            cancel_url=document.get_absolute_url(),
            **more,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = self.find(standing(), pk=pk)
        delete_document(document=document, by=request.user)
        self.say(_("%(name)s is deleted. iclass is told within seconds.") % {"name": document})
        return redirect("documents:courseware")


class CoursewareAct(SchoolPage, View):
    """Look at iclass now, or send again: POST alone."""

    resource = "document"
    http_method_names = ["post", "options"]
    DO = {"pull": pull_document, "push": push_document}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = self.find(standing(), pk=pk)
        try:
            self.DO[self.action](document=document, by=request.user)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        else:
            self.say(_("iclass is asked within seconds. Load this page again to see what it said."))
        return redirect(reverse("classes:document", args=[pk]))
