"""The pages on which courseware is attached to a lesson or a course, and put in order."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from classes.courseware.attaching import Owner, attach, decks_of, detach, move, offered
from classes.models import Attachment, Course, Lesson
from console.policy import may
from console.policy.pages import SchoolPage
from documents.queries import documents_for


class Decks(SchoolPage, TemplateView):
    """The list with its order, and what may be added. Each button sends `act` and what it is about."""

    action = "attach"
    template_name = "classes/decks.html"
    here: str

    @cached_property
    def owner(self) -> Owner:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        owner, reader = self.owner, self.request.user
        return super().get_context_data(
            title=_("Courseware of %(name)s") % {"name": owner},
            owner=owner,
            decks=decks_of(owner),
            offered=offered(reader, owner),
            may_upload=may(reader, "add", "document"),
            back=self.back(),
            **more,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self._do(request.POST.get("act", ""), request.POST)
        except ValidationError as error:
            self.warn(" ".join(error.messages))
        return redirect(self.here, pk)

    def _do(self, act: str, told: Any) -> None:
        by = self.request.user
        if act == "attach":
            for document in documents_for(by).filter(pk__in=_numbers(told.getlist("document"))):
                attach(owner=self.owner, document=document, by=by)
            return
        one = self._attachment(told.get("attachment", ""))
        if act == "detach":
            detach(owner=self.owner, attachment=one, by=by)
        elif act in ("up", "down"):
            move(owner=self.owner, attachment=one, up=act == "up", by=by)

    def _attachment(self, told: str) -> Attachment:
        mine: dict[str, Any] = {"lesson" if isinstance(self.owner, Lesson) else "course": self.owner}
        found = Attachment.objects.filter(pk__in=_numbers([told]), **mine).select_related("document").first()
        if found is None:
            raise Http404(_("This is not attached here any more."))
        return found


class LessonDecks(Decks):
    resource, here = "lesson", "classes:lesson_decks"

    @cached_property
    def owner(self) -> Owner:
        return self.find(Lesson.objects.select_related("teacher"), pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("classes:lesson", args=[self.kwargs["pk"]])


class CourseDecks(Decks):
    resource, here = "course", "classes:course_decks"

    @cached_property
    def owner(self) -> Owner:
        return self.find(Course.objects.select_related("teacher"), pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("documents:courseware")


def _numbers(told: list[str]) -> list[int]:
    """The ids among what was sent; other words are none."""
    return [int(one) for one in told if one.isascii() and one.isdigit() and len(one) < 19]
