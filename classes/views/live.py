"""The panel of a lesson that refreshes itself."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
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
        return ["classes/live_fragment.html" if _asks_itself(self.request) else "classes/live_page.html"]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson = self.object
        context = lesson_context(lesson, self.request.user)
        changed = self.request.GET.get("was", lesson.status) != lesson.status
        return super().get_context_data(title=lesson.topic, changed=changed, **context, **more)

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        ends = _asks_itself(self.request) and not context["room"].every
        return super().render_to_response(context, status=STOP_POLLING if ends else None, **more)


def _asks_itself(request: Any) -> bool:
    """Whether the panel asks, and not a person who opens the page."""
    return bool(request.htmx)
