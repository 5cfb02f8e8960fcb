"""Move a lesson, by dragging it in the timetable or on this page; both ask for confirmation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from classes.lessons.links import timetable_url
from classes.lessons.undo import move_revocably
from classes.models import Lesson
from classes.timetable.calendar.forms import MoveForm
from classes.timetable.calendar.move import MoveEffects, compute_move_effects
from console.policy.views import SchoolView
from console.undo import offer_undo


class LessonMove(SchoolView, DetailView):
    """`?day=&start=` shows the effects of moving the lesson; POST moves it.

    `back` holds the query string of the timetable. A request by htmx gets only the confirmation, for its
    dialog.
    """

    resource, action = "lesson", "change"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    context_object_name = "lesson"

    def get_template_names(self) -> list[str]:
        return [
            "classes/timetable/calendar/_move_form.html"
            if self.request.htmx
            else "classes/timetable/calendar/move.html"
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.locked:
            return redirect("classes:lesson", self.object.pk)
        data = request.GET if "day" in request.GET else None
        return self._show(MoveForm(data, lesson=self.object), request.GET)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = lesson = self.get_object()
        form = MoveForm(request.POST, lesson=lesson)
        if not form.is_valid() or form.starts_at is None:
            return self._show(form, request.POST)
        effects = compute_move_effects(lesson, form.starts_at, request.user)
        try:
            values = move_revocably(
                lesson=lesson,
                by=self.request.user,
                starts_at=effects.starts_at,
                ends_at=effects.ends_at,
                conflict_reason=request.POST.get("reason", ""),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self._show(form, request.POST)
        text = _("“%(topic)s” has been rescheduled. The change is sent to iclass within seconds.")
        offer_undo(request, text % {"topic": lesson.topic}, "lesson.move", lesson.pk, values)
        return redirect(_timetable(request.POST.get("back", ""), effects))

    def _show(self, form: MoveForm, params: QueryDict) -> HttpResponse:
        valid = form.is_bound and form.is_valid() and form.starts_at is not None
        effects = None
        if valid and form.starts_at:
            effects = compute_move_effects(self.object, form.starts_at, self.request.user)
        context = self.get_context_data(
            title=_("Reschedule lesson"),
            form=form,
            effects=effects,
            back=params.get("back", ""),
            timetable=_timetable(params.get("back", ""), None),
        )
        return self.render_to_response(context)


def _timetable(back: str, effects: MoveEffects | None) -> str:
    """Return the URL of the timetable as the reader left it, at the new day of the lesson."""
    changed = {"date": timezone.localdate(effects.starts_at).isoformat()} if effects else {}
    return timetable_url(back, **changed)
