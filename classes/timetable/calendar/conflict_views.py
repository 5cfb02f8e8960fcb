"""List of lessons with allowed conflicts, those made outside, and their current overlaps."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from classes.conflicts.absences import find_lessons_without_teacher
from classes.conflicts.overlaps import Overlap, find_overbooked, find_overlaps
from classes.lessons.queries import lessons_for, on_holiday, upcoming_filter
from classes.models import Lesson
from classes.models.lesson import MADE_OUTSIDE
from console.policy.views import SchoolView, paginate_by_key

FORWARD = ("starts_at", "id")
BACKWARD = ("-starts_at", "-id")


class ConflictFilter(forms.Form):
    """Filter of the list, kept in the query string."""

    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        choices=(
            ("", gettext_lazy("allowed")),
            ("outside", gettext_lazy("created outside the console")),
            ("all", gettext_lazy("all")),
        ),
        required=False,
    )
    time = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=(("", gettext_lazy("upcoming")), ("past", gettext_lazy("past"))),
        required=False,
    )


class ConflictRow(NamedTuple):
    """A lesson, with those that share people with it now.

    `overbooked` if it has more students than fit, `absent` if its teacher is, `holiday` if its day is one.
    """

    lesson: Lesson
    overlaps: list[Overlap]
    overbooked: bool
    absent: bool
    holiday: bool


class ConflictList(SchoolView, TemplateView):
    """`?show=outside|all&time=past`; upcoming lessons in order, past ones the latest first."""

    resource, action = "lesson", "plan"
    template_name = "classes/timetable/calendar/conflicts.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chosen = ConflictFilter(self.request.GET)
        chosen.is_valid()
        past = chosen.cleaned_data.get("time") == "past"
        rows = self._rows(chosen.cleaned_data.get("show", ""), past=past)
        page = paginate_by_key(rows, self.request, BACKWARD if past else FORWARD)
        return super().get_context_data(
            title=_("Conflicts"), filter_form=chosen, keyset=page, lines=_conflict_rows(page.rows), **more
        )

    def _rows(self, show: str, *, past: bool) -> QuerySet[Lesson]:
        rows = lessons_for(self.request.user).select_related("conflict_by")
        rows = rows.filter(conflict_allowed=True, cancelled_at=None)
        rows = rows.exclude(upcoming_filter()) if past else rows.filter(upcoming_filter())
        if show == "all":
            return rows
        if show == "outside":
            return rows.filter(conflict_reason=MADE_OUTSIDE)
        return rows.exclude(conflict_reason=MADE_OUTSIDE)


def _conflict_rows(lessons: list[Lesson]) -> list[ConflictRow]:
    keys = [one.pk for one in lessons]
    overlaps, overbooked = find_overlaps(keys), find_overbooked(keys)
    absent = find_lessons_without_teacher(keys)
    off = set(Lesson.objects.filter(on_holiday(), pk__in=keys).order_by().values_list("pk", flat=True))
    return [
        ConflictRow(
            one,
            overlaps.get(one.pk, []),
            overbooked=one.pk in overbooked,
            absent=one.pk in absent,
            holiday=one.pk in off,
        )
        for one in lessons
    ]
