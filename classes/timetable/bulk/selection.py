"""Apply the filter of the list of lessons."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from classes.lessons.forms.filters import LessonFilter
from classes.lessons.queries import filter_by_need, filter_by_status, topic_contains
from classes.lessons.tables import LESSON_TABLE
from classes.models import Lesson
from console.policy import Scope, scope_of


def parse_filter(request: HttpRequest) -> LessonFilter:
    """Return the filter of the query string; without one, lessons from today on.

    Order, saved view and page are no filter: the second page goes on where the first one ended.
    """
    whole_school = scope_of(request.user, "list", "lesson") == Scope.SCHOOL
    params = (
        request.GET
        if request.GET.keys() & set(LESSON_TABLE.filters)
        else {"since": timezone.localdate().isoformat()}
    )
    chosen = LessonFilter(params, reader=request.user, whole_school=whole_school)
    chosen.is_valid()
    return chosen


def filter_lessons(lessons: QuerySet[Lesson], chosen: LessonFilter) -> QuerySet[Lesson]:
    """Filter the lessons; invalid values of the filter are ignored."""
    data = chosen.cleaned_data
    if text := data.get("q"):
        lessons = lessons.filter(topic_contains(text.split()))
    if since := data.get("since"):
        lessons = lessons.filter(starts_at__gte=_midnight(since))
    if until := data.get("until"):
        lessons = lessons.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    if status := data.get("status"):
        lessons = filter_by_status(lessons, status)
    if teacher := data.get("teacher"):
        lessons = lessons.filter(teacher=teacher)
    if sync := data.get("sync"):
        lessons = lessons.filter(sync_state=sync)
    return filter_by_need(lessons, data["need"]) if data.get("need") else lessons


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
