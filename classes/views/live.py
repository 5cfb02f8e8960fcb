"""The panel of a lesson that refreshes itself."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.generic import DetailView

from classes.models import Lesson
from classes.views.lesson import lesson_context
from console.policy import may, refusal
from console.policy.pages import SchoolPage

#: htmx's word for "do not ask again".
STOP_POLLING = 286


class LessonLive(SchoolPage, DetailView):
    """Who is in the room. `?was=<status>` is what the page shows now: on a change its head comes along."""

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    context_object_name = "lesson"

    def require(self) -> None:
        super().require()
        if not may(self.request.user, "list", "member"):
            raise PermissionDenied(refusal("list", "member"))

    def get_template_names(self) -> list[str]:
        return ["classes/live_fragment.html" if self.request.htmx else "classes/live_page.html"]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson = self.object
        context = lesson_context(lesson, self.request.user)
        changed = self.request.GET.get("was", lesson.status) != lesson.status
        return super().get_context_data(title=lesson.topic, changed=changed, **context, **more)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if request.htmx and not response.context_data["room"].every:
            response.status_code = STOP_POLLING
        return response
