"""Refresh of the page of a lesson: the live panel, and all that follows from a state that has changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView

from classes.models import Lesson
from classes.pages.lesson import lesson_context, live_context
from classes.pages.lesson_refresh import checked_at, page_version, refresh_interval
from console.policy import may
from console.policy.views import SchoolView

#: Status with which htmx stops polling.
STOP_POLLING = 286
NOTHING_NEW = 204


class LessonRefresh(SchoolView, DetailView):
    """What the page of a lesson asks for. `?was=` is the version of the page (`page_version`).

    Every part of the page comes along where the version is another, else the live panel of a running lesson
    and the time of the last check if that is not `?checked=`, else nothing (204). A person who opens the
    address is led to the page.
    """

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    context_object_name = "lesson"
    template_name = "classes/pages/lesson_refresh.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lesson: Lesson = self.get_object()
        self.object = lesson
        if not self.request.htmx:
            return redirect(lesson)
        reader = self.request.user
        version, every = page_version(lesson, reader), refresh_interval(lesson, reader)
        changed = request.GET.get("was") != version
        renewed = lesson.is_live or request.GET.get("checked") != str(checked_at(lesson))
        if not changed and not (renewed and may(reader, "list", "member")):
            return HttpResponse(status=NOTHING_NEW if every else STOP_POLLING)
        context = (lesson_context if changed else live_context)(lesson, reader)
        context |= {"changed": changed, "version": version, "every": every}
        return self.render_to_response(
            self.get_context_data(**context), status=None if every else STOP_POLLING
        )
