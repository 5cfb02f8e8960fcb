"""The timetable page with its layers, and the lessons that its calendar requests."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from classes.timetable.calendar.badges import LESSON_BADGES
from classes.timetable.calendar.colours import ColourBy, colour_choices
from classes.timetable.calendar.events import CalendarRange, calendar_holidays, calendar_lessons
from classes.timetable.calendar.kept_choices import keep_choice, kept_choice
from classes.timetable.calendar.lanes import LanesBy, lane_choices
from classes.timetable.calendar.layers import Layers
from console.inputs.bounds import parse_date
from console.policy import may
from console.policy.views import SchoolView

VIEWS = ("day", "week", "month", "agenda")


class TimetablePage(SchoolView, TemplateView):
    """`?view=day|week|month|agenda&date=` and the layers `teacher`, `group`, `subject`, `course`, each
    repeatable.

    `?colour=subject|course|group|layer` and `?lane=teacher|group` are kept for the session.
    """

    resource, action = "lesson", "list"
    reads_replica = True
    template_name = "classes/timetable/calendar/timetable.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keep_choice(request, "colour", ColourBy.values)
        keep_choice(request, "lane", LanesBy.values)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader, address = self.request.user, self.request.GET
        view, layers = address.get("view", ""), Layers(reader, address)
        colours, lanes = colour_choices(reader, layers), lane_choices(reader)
        return super().get_context_data(
            title=_("Timetable"),
            layers=layers,
            colours=colours,
            colour=kept_choice(self.request, "colour", colours),
            lanes=lanes,
            lane=kept_choice(self.request, "lane", lanes),
            view=view if view in VIEWS else "",
            date=_first_shown(address.get("date", "")).isoformat(),
            offset=_offset(),
            signs=LESSON_BADGES,
            may_add=self.may("add"),
            may_import=may(reader, "add", "timetable_import"),
            may_plan=self.may("plan"),
            may_move=self.may("change"),
            **more,
        )


class TimetableLessons(SchoolView, View):
    """Lessons from `?start=` until before `?end=` (days), in the layers, as JSON."""

    resource, action = "lesson", "list"
    reads_replica = True
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            shown_range = CalendarRange.parse(request.GET.get("start", ""), request.GET.get("end", ""))
        except ValueError:
            sentence = _("Request at most one month of lessons, with dates as 2026-11-24.")
            return JsonResponse({"error": sentence}, status=400)
        layers = Layers(request.user, request.GET)
        colour = kept_choice(request, "colour", colour_choices(request.user, layers))
        lane = kept_choice(request, "lane", lane_choices(request.user))
        shown = calendar_lessons(request.user, shown_range, layers, colour, lane)
        holidays = calendar_holidays(request.user, shown_range)
        told = {"lessons": shown.events, "legend": shown.legend, "more": shown.truncated}
        return JsonResponse({**told, "lanes": shown.lanes, "holidays": holidays})


def _first_shown(text: str) -> date:
    """Return the day that the address names; today if it names none."""
    try:
        return parse_date(text[:10])
    except ValueError:
        return timezone.localdate()


def _offset() -> str:
    """Return the active zone's current offset, such as "+08:00", for the calendar's current-time line."""
    offset = timezone.localtime().strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"
