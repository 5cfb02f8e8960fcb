"""Moving a lesson: by dragging it in the timetable, or by this page, which asks the same question."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from classes.forms.moving import MoveForm
from classes.models import Lesson
from classes.services import edit_lesson
from classes.timetable.moving import Effects, effects_of
from console.policy.pages import SchoolPage


class LessonMove(SchoolPage, DetailView):
    """`?day=&start=` shows what moving it there would do; sent by POST, it is moved.

    `back` holds the address of the timetable from its question mark on. Asked by a script, only the question
    is answered, for its dialog.
    """

    resource, action = "lesson", "change"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    context_object_name = "lesson"

    def get_template_names(self) -> list[str]:
        return ["classes/_move.html" if self.request.htmx else "classes/lesson_move.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = self.get_object()
        if self.object.locked:
            return redirect("classes:lesson", self.object.pk)
        asked = request.GET if "day" in request.GET else None
        return self._show(MoveForm(asked, lesson=self.object), request.GET)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = lesson = self.get_object()
        form = MoveForm(request.POST, lesson=lesson)
        if not form.is_valid() or form.starts_at is None:
            return self._show(form, request.POST)
        effects = effects_of(lesson, form.starts_at)
        try:
            edit_lesson(
                lesson=lesson,
                by=request.user,
                starts_at=effects.starts_at,
                ends_at=effects.ends_at,
                conflict_reason=request.POST.get("reason", ""),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self._show(form, request.POST)
        self.say(_("“%(topic)s” is moved. iclass is told within seconds.") % {"topic": lesson.topic})
        return redirect(_timetable(request.POST.get("back", ""), effects))

    def _show(self, form: MoveForm, told: QueryDict) -> HttpResponse:
        fits = form.is_bound and form.is_valid() and form.starts_at is not None
        effects = effects_of(self.object, form.starts_at) if fits and form.starts_at else None
        context = self.get_context_data(
            title=_("Move the lesson"),
            form=form,
            effects=effects,
            back=told.get("back", ""),
            timetable=_timetable(told.get("back", ""), None),
        )
        return self.render_to_response(context)


def _timetable(back: str, effects: Effects | None) -> str:
    """The timetable as the reader left it, at the day to which the lesson was moved."""
    address = QueryDict(back.removeprefix("?"), mutable=True)
    if effects:
        address["date"] = timezone.localdate(effects.starts_at).isoformat()
    return f"{reverse('classes:timetable')}?{address.urlencode()}"
