"""Views that attach courseware to a lesson or course and sort it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from classes.courseware.attachments import (
    AttachmentOwner,
    attach_document,
    attachable_documents,
    detach_document,
    list_attached_documents,
    move_attachment,
)
from classes.models import Attachment, Course, Lesson
from console.inputs.bounds import parse_ids
from console.policy import may
from console.policy.views import SchoolView
from documents.queries import documents_for

#: Longest text of a file name that is searched.
MAX_TEXT = 100


class AttachmentsPage(SchoolView, TemplateView):
    """The attached documents and those that can be attached. Each button sends `act` and its object."""

    action = "attach"
    template_name = "classes/courseware/attachments.html"
    here: str

    @cached_property
    def owner(self) -> AttachmentOwner:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        owner, reader, text = self.owner, self.request.user, self.request.GET.get("q", "")[:MAX_TEXT]
        return super().get_context_data(
            title=_("Courseware of %(name)s") % {"name": owner},
            owner=owner,
            decks=list_attached_documents(owner),
            text=text,
            offered=attachable_documents(reader, owner, text),
            may_upload=may(reader, "add", "document"),
            back=self.back(),
            **more,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self._do(request.POST.get("act", ""), request.POST)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        return redirect(self.here, pk)

    def _do(self, act: str, data: Any) -> None:
        by = self.request.user
        if act == "attach":
            for document in documents_for(by).filter(pk__in=parse_ids(data.getlist("document"))):
                attach_document(owner=self.owner, document=document, by=by)
            return
        found = self._attachment(data.get("attachment", ""))
        if act == "detach":
            detach_document(owner=self.owner, attachment=found, by=by)
        elif act in ("up", "down"):
            move_attachment(owner=self.owner, attachment=found, up=act == "up", by=by)

    def _attachment(self, pk: str) -> Attachment:
        owner_filter: dict[str, Any] = {"lesson" if isinstance(self.owner, Lesson) else "course": self.owner}
        found = (
            Attachment.objects.filter(pk__in=parse_ids([pk]), **owner_filter)
            .select_related("document")
            .first()
        )
        if found is None:
            raise Http404(_("This courseware is no longer attached."))
        return found


class LessonAttachments(AttachmentsPage):
    resource, here = "lesson", "classes:lesson_decks"

    @cached_property
    def owner(self) -> AttachmentOwner:
        return self.get_row(Lesson.objects.select_related("teacher"), pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("classes:lesson", args=[self.kwargs["pk"]])


class CourseAttachments(AttachmentsPage):
    resource, here = "course", "classes:course_decks"

    @cached_property
    def owner(self) -> AttachmentOwner:
        return self.get_row(Course.objects.select_related("teacher"), pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("documents:courseware")
