"""The first page: what wants a look, and today."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from classes.links import Links
from classes.models import Lesson
from classes.needs import needs_of
from classes.phases import Phase, phase_of
from classes.queries import counted, lessons_for, of_day
from classes.readiness.points import readiness_of
from console.policy import current_school, may, role_of
from console.policy.pages import SchoolPage

MOST = 100
#: The order of a day: what runs, what should, what comes, what is behind.
PARTS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Running now"), ("running",)),
    (gettext_lazy("Next"), ("overdue", "soon", "planned")),
    (gettext_lazy("Over"), ("over", "not_held")),
    (gettext_lazy("Cancelled"), ("cancelled",)),
)


class Home(SchoolPage, TemplateView):
    """Today's lessons of the reader. An operator stands in no school and is led to the schools."""

    resource, action = "lesson", "list"
    template_name = "classes/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if role_of(request.user) == "operator" and current_school(request) is None:
            return redirect("accounts:schools")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        lessons = lessons_for(reader)
        midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
        today = list(counted(of_day(lessons, midnight, midnight + timedelta(days=1)))[: MOST + 1])
        staff = may(reader, "list", "member")
        return super().get_context_data(
            title=_("Today"),
            today=timezone.now(),
            parts=_parts(today[:MOST], reader),
            readiness=readiness_of(reader.enterprise, today[:MOST]) if staff else {},
            more_than_shown=len(today) > MOST,
            needs=needs_of(reader, lessons) if staff else [],
            sees_needs=staff,
            coming=None if today else _coming(lessons),
            may_add=self.may("add"),
            **more,
        )


def _parts(lessons: list[Lesson], reader: Any) -> list[dict[str, Any]]:
    """The parts of the day that have lessons, each lesson with its phase and the reader's own link."""
    rows: list[tuple[Lesson, Phase, str]] = []
    for lesson in lessons:
        phase = phase_of(lesson)
        rows.append((lesson, phase, Links.of(lesson, reader).own if phase.opens else ""))
    parts = [
        {"label": label, "rows": [row for row in rows if row[1].name in names]} for label, names in PARTS
    ]
    return [part for part in parts if part["rows"]]


def _coming(lessons: Any) -> Lesson | None:
    """The next lesson of a later day, for whom today is empty."""
    found: Lesson | None = lessons.filter(starts_at__gt=timezone.now(), cancelled_at=None).first()
    return found
