"""View that attaches chosen courseware to upcoming lessons."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from classes.lessons.courseware import (
    attach_to_lessons,
    attachable_lessons,
    preview_courseware,
    search_lessons,
)
from classes.models import Lesson
from console.inputs.bounds import parse_ids
from console.lists.first_rows import FirstRows, first_rows
from console.policy.views import SchoolView
from documents.models import Document
from documents.queries import documents_for

#: Most files and lessons of one change, and most lessons that are offered at once; others are searched.
MAX_DOCUMENTS, MAX_LESSONS, MAX_OFFERED = 20, 30, 30
#: Longest text that is searched.
MAX_TEXT = 100


class AttachToLessons(SchoolView, TemplateView):
    """Three steps at one URL: the choice of lessons, the preview (`look`), and the change (`sure`, by POST).

    The query string keeps `document` and `lesson`; the list of courseware posts its ticked rows (`chosen`).
    """

    resource, action = "lesson", "attach"
    template_name = "classes/courseware/attach.html"

    @cached_property
    def documents(self) -> FirstRows[Document]:
        rows = documents_for(self.request.user).filter(pk__in=self._ids("document"))
        return first_rows(rows.order_by("name", "id"), MAX_DOCUMENTS)

    @cached_property
    def lessons(self) -> FirstRows[Lesson]:
        return first_rows(
            attachable_lessons(self.request.user).filter(pk__in=self._ids("lesson")), MAX_LESSONS
        )

    def _ids(self, name: str) -> list[int]:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return parse_ids(data.getlist(name))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.documents:
            self.warning(_("No courseware is selected. Select files in the list first."))
            return redirect("documents:courseware")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "sure" not in request.POST:
            chosen = urlencode({"document": self._ids("chosen")}, doseq=True)
            return redirect(f"{reverse('classes:courseware_attach')}?{chosen}")
        try:
            changes = preview_courseware(self.lessons, self.documents)
            number = attach_to_lessons(changes=changes, by=self.request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            self._report(number)
        return redirect(self._next_url())

    def _report(self, number: int) -> None:
        if not number:
            self.warning(
                _("Nothing has been attached: these lessons are over or have this courseware already.")
            )
            return
        text = ngettext(
            "Courseware has been attached to %(n)d lesson.",
            "Courseware has been attached to %(n)d lessons.",
            number,
        )
        self.success(text % {"n": number})

    def _next_url(self) -> str:
        """Return the only lesson, else the only document, else the list of courseware."""
        if len(self.lessons) == 1:
            return self.lessons[0].get_absolute_url()
        if len(self.documents) == 1:
            return self.documents[0].get_absolute_url()
        return reverse("documents:courseware")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "")[:MAX_TEXT]
        lessons = attachable_lessons(self.request.user).exclude(pk__in=[one.pk for one in self.lessons])
        looks = "look" in self.request.GET
        return super().get_context_data(
            title=_("Attach courseware to lessons"),
            documents=self.documents,
            lessons=self.lessons,
            offered=first_rows(search_lessons(lessons, text), MAX_OFFERED),
            text=text,
            looks=looks,
            changes=preview_courseware(self.lessons, self.documents) if looks else [],
            back_url=self.documents[0].get_absolute_url()
            if len(self.documents) == 1
            else reverse("documents:courseware"),
            **more,
        )
