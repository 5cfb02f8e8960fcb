"""The timetable: the page with its layers, and the lessons that its calendar asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from classes.timetable.feed import Stretch, holidays_of, lessons_of
from classes.timetable.layers import Layers
from classes.timetable.signs import SIGNS
from console.policy import Scope, may, scope_of
from console.policy.pages import SchoolPage

VIEWS = ("week", "month", "agenda")


class Timetable(SchoolPage, TemplateView):
    """`?view=week|month|agenda&date=` and the layers `teacher`, `group`, `course`, each repeatedly."""

    resource, action = "lesson", "list"
    template_name = "classes/timetable.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader, address = self.request.user, self.request.GET
        view = address.get("view", "")
        return super().get_context_data(
            title=_("Timetable"),
            layers=Layers(reader, address),
            view=view if view in VIEWS else "",
            date=address.get("date", "")[:10] or timezone.localdate().isoformat(),
            offset=_offset(),
            signs=SIGNS,
            may_add=self.may("add"),
            may_import=may(reader, "add", "timetable_import"),
            may_move=scope_of(reader, "change", "lesson") == Scope.SCHOOL,
            **more,
        )


class TimetableLessons(SchoolPage, View):
    """`?start=&end=` (days, the end is not included) and the layers → the lessons of those days."""

    resource, action = "lesson", "list"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            stretch = Stretch.told(request.GET.get("start", ""), request.GET.get("end", ""))
        except (ValueError, OverflowError):
            sentence = _("Ask for the lessons of one month at most, with days as 2026-11-24.")
            return JsonResponse({"error": sentence}, status=400)
        lessons, more = lessons_of(request.user, stretch, Layers(request.user, request.GET))
        free = holidays_of(request.user, stretch)
        return JsonResponse({"lessons": lessons, "more": more, "holidays": free})


def _offset() -> str:
    """The active zone's present offset as the calendar wants it for its line of now: "+08:00"."""
    told = timezone.localtime().strftime("%z")
    return f"{told[:3]}:{told[3:5]}"
