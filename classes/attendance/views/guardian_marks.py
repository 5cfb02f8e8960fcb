"""The attendance of a child, for a guardian: marks of a month with their reasons, final and provisional."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.sign_in.guardians.pages import GuardianPage
from classes.attendance.explanation import MARK_TITLES, explain_mark
from classes.attendance.mark_badges import URGENCY, MarkBadge, mark_badge
from classes.lessons.status import counted_lessons
from classes.models import Attendance, Mark
from console.inputs.bounds import parse_date
from console.policy import scoped


class GuardianMark(NamedTuple):
    """A mark with its label, its reason in a sentence, and whether it may still change."""

    row: Attendance
    label: Any
    badge: MarkBadge
    reason: str
    provisional: bool


class MarkTotal(NamedTuple):
    """How often a final mark was given."""

    number: int
    label: Any
    badge: MarkBadge


class GuardianMarks(GuardianPage, TemplateView):
    """`?month=2026-11`, without it the current one; the newest lesson first."""

    needs = "told_attendance"
    template_name = "classes/attendance/guardian_marks.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        first = self._first_day()
        following = (first + timedelta(days=31)).replace(day=1)
        marks = self._marks(first, following)
        return super().get_context_data(
            title=_("Attendance"),
            month=first,
            previous=(first - timedelta(days=1)).replace(day=1),
            following=following,
            marks=marks,
            totals=_totals(marks),
            has_provisional=any(one.provisional for one in marks),
            **more,
        )

    def _first_day(self) -> date:
        try:
            return parse_date(f"{self.request.GET['month']}-01").replace(day=1)
        except (KeyError, ValueError, ValidationError):
            return timezone.localdate().replace(day=1)

    def _marks(self, first: date, following: date) -> list[GuardianMark]:
        begins, ends = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, following))
        rows = scoped(Attendance.objects.all(), self.child, "attendance", "list").filter(
            person=self.child,
            expected=True,
            lesson__starts_at__gte=begins,
            lesson__starts_at__lt=ends,
            **counted_lessons("lesson__"),
        )
        found = rows.exclude(mark="").select_related("lesson__teacher", "lesson__enterprise")
        return [_guardian_mark(one) for one in found.order_by("-lesson__starts_at", "-pk")]


def _guardian_mark(row: Attendance) -> GuardianMark:
    reason = explain_mark(row.mark, _without_staff(row.reason), row.lesson.enterprise.tz)
    label = MARK_TITLES.get(row.mark, row.mark)
    return GuardianMark(row, label, mark_badge(row.mark), reason, row.lesson.final_at is None)


def _without_staff(facts: Any) -> Any:
    """Return the facts of a mark with the school in place of the person who set it by hand."""
    if not facts or not facts.get("hand"):
        return facts
    return {**facts, "hand": {**facts["hand"], "by": _("the school")}}


def _totals(marks: list[GuardianMark]) -> list[MarkTotal]:
    numbers = Counter(one.row.mark for one in marks if not one.provisional)
    given = sorted((mark for mark in Mark if numbers[mark]), key=lambda one: -URGENCY[one])
    return [MarkTotal(numbers[mark], mark.label, mark_badge(mark)) for mark in given]
