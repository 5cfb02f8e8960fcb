"""Which conflicts were allowed, by whom and why, what was made outside, and what is in the way now."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from classes.conflicts.overlaps import Met, met_by, too_many
from classes.models import Lesson
from classes.models.lesson import MADE_OUTSIDE
from classes.queries import lessons_for
from console.policy.pages import SchoolPage, keyset

FORWARD = ("starts_at", "id")
BACKWARD = ("-starts_at", "-id")


class ConflictFilter(forms.Form):
    """Which of them, kept in the address."""

    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        choices=(
            ("", gettext_lazy("allowed here")),
            ("outside", gettext_lazy("made outside")),
            ("all", gettext_lazy("all")),
        ),
        required=False,
    )
    time = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=(("", gettext_lazy("to come")), ("past", gettext_lazy("past"))),
        required=False,
    )


class Line(NamedTuple):
    """A lesson, with those that share people with it now; `crowded` where it is one to one for several."""

    lesson: Lesson
    met: list[Met]
    crowded: bool


class Conflicts(SchoolPage, TemplateView):
    """`?show=outside|all&time=past`; the next first, of those that were the latest."""

    resource, action = "lesson", "add"
    template_name = "classes/conflicts.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chosen = ConflictFilter(self.request.GET)
        chosen.is_valid()
        past = chosen.cleaned_data.get("time") == "past"
        rows = self._rows(chosen.cleaned_data.get("show", ""), past=past)
        page = keyset(rows, self.request, BACKWARD if past else FORWARD)
        return super().get_context_data(
            title=_("Conflicts"), filter_form=chosen, keyset=page, lines=_lines(page.rows), **more
        )

    def _rows(self, show: str, *, past: bool) -> QuerySet[Lesson]:
        now = timezone.now()
        rows = lessons_for(self.request.user).select_related("conflict_by")
        rows = rows.filter(conflict_allowed=True, cancelled_at=None)
        rows = rows.filter(ends_at__lte=now) if past else rows.filter(ends_at__gt=now)
        if show == "all":
            return rows
        if show == "outside":
            return rows.filter(conflict_reason=MADE_OUTSIDE)
        return rows.exclude(conflict_reason=MADE_OUTSIDE)


def _lines(lessons: list[Lesson]) -> list[Line]:
    keys = [one.pk for one in lessons]
    met, crowded = met_by(keys), too_many(keys)
    return [Line(one, met.get(one.pk, []), one.pk in crowded) for one in lessons]
