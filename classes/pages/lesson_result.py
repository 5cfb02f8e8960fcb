"""What came of a lesson that is over: the marks as a bar, and the state of its register."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count

from classes.attendance.mark_badges import MARK_BADGES, MarkBadge
from classes.attendance.reports.sheet import attended_share
from classes.models import Attendance, Lesson, Mark, Member
from console.policy import may, scoped
from console.ui.template_tags import percent


class ResultPart(NamedTuple):
    """A part of the bar; `x` and `width` are percentages of it."""

    mark: str
    label: str
    badge: MarkBadge
    number: int
    x: float
    width: float


@dataclass(frozen=True)
class LessonResult:
    """`share` is the attended share as text, empty if no mark counts.

    `parts` are the marks that the reader may see, the good ones first; `own` says that they are the reader's.
    """

    parts: list[ResultPart]
    students: int
    share: str
    own: bool


def lesson_result(lesson: Lesson, reader: Any) -> LessonResult | None:
    """Return the result in one query; None for who may see no marks."""
    if not may(reader, "list", "attendance"):
        return None
    rows = Attendance.objects.filter(lesson=lesson, expected=True, role=Member.Role.STUDENT).exclude(mark="")
    counted = (
        scoped(rows, reader, "attendance", "list").order_by().values_list("mark").annotate(n=Count("pk"))
    )
    numbers = dict(counted)
    parts = _bar(numbers)
    return LessonResult(
        parts, sum(numbers.values()), percent(attended_share(numbers)), not may(reader, "list", "member")
    )


def _bar(numbers: Mapping[str, int]) -> list[ResultPart]:
    whole, begins, parts = sum(numbers.values()), 0.0, []
    for mark, badge in reversed(MARK_BADGES.items()):
        if number := numbers.get(mark, 0):
            width = 100 * number / whole
            parts.append(
                ResultPart(
                    mark, str(Mark(mark).label), badge, number, x=round(begins, 2), width=round(width, 2)
                )
            )
            begins += width
    return parts
