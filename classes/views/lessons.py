"""The list of lessons."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from classes.forms import LessonFilter
from classes.models import Lesson
from classes.queries import by_status, counted, lessons_for, needing
from console.policy import Scope, scope_of
from console.policy.pages import SchoolPage, keyset

FORWARD = ("starts_at", "id")
BACKWARD = ("-starts_at", "-id")


class LessonList(SchoolPage, TemplateView):
    """Lessons from a day on, forwards; without a first day the newest first. Opens with today."""

    resource, action = "lesson", "list"
    template_name = "classes/lesson_list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chosen = self._filter()
        lessons = self._chosen(chosen)
        forward = bool(chosen.cleaned_data.get("since"))
        return super().get_context_data(
            title=_("Lessons"),
            search_label=_("Topic"),
            filter_form=chosen,
            keyset=keyset(lessons, self.request, FORWARD if forward else BACKWARD),
            may_add=self.may("add"),
            opened=not self.request.GET,
            yesterday=timezone.localdate() - timedelta(days=1),
            **more,
        )

    def _filter(self) -> LessonFilter:
        whole = scope_of(self.request.user, "list", "lesson") == Scope.SCHOOL
        told = self.request.GET or {"since": timezone.localdate().isoformat()}
        chosen = LessonFilter(told, reader=self.request.user, whole_school=whole)
        chosen.is_valid()
        return chosen

    def _chosen(self, chosen: LessonFilter) -> QuerySet[Lesson]:
        """What the filter lets through; a part of it that nobody can read is said and left out."""
        lessons, data = counted(lessons_for(self.request.user)), chosen.cleaned_data
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
