"""What the filter of the list of lessons lets through."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from classes.forms import LessonFilter
from classes.models import Lesson
from classes.queries import by_status, needing
from console.policy import Scope, scope_of


def filter_of(request: HttpRequest) -> LessonFilter:
    """The filter in the address; without one, lessons from today on."""
    whole = scope_of(request.user, "list", "lesson") == Scope.SCHOOL
    told = request.GET or {"since": timezone.localdate().isoformat()}
    chosen = LessonFilter(told, reader=request.user, whole_school=whole)
    chosen.is_valid()
    return chosen


def chosen_lessons(lessons: QuerySet[Lesson], chosen: LessonFilter) -> QuerySet[Lesson]:
    """Those that it lets through; a part of it that nobody can read is said and left out."""
    data = chosen.cleaned_data
    if words := data.get("q"):
        lessons = lessons.filter(topic__icontains=words)
    if since := data.get("since"):
        lessons = lessons.filter(starts_at__gte=_midnight(since))
    if until := data.get("until"):
        lessons = lessons.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    if status := data.get("status"):
        lessons = by_status(lessons, status)
    if teacher := data.get("teacher"):
        lessons = lessons.filter(teacher=teacher)
    if sync := data.get("sync"):
        lessons = lessons.filter(sync_state=sync)
    return needing(lessons, data["need"]) if data.get("need") else lessons


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
