"""Lessons of a day on the ruler of the home page, each with what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classes.lessons.status import NOT_HELD, OVERDUE, Phase
from classes.models import Lesson
from classes.pages.day_ruler import Ruler, Span, build_ruler
from classes.readiness.checks import Readiness
from console.ui.badges import Badge, sync_badge
from console.ui.template_tags import when

#: Heights in pixels: of the hours above the bars, of a bar, and of a row, which includes the gap.
HEAD, BAR, ROW = 24, 60, 64
TEACHER_OUT = Badge(_("teacher not in the room"), "user-off", "bad", "")


class RulerLesson(NamedTuple):
    """A lesson on the ruler. `words` are the states that need attention, empty if all is well.

    `icon` and `tone` belong to the worst of them. `x` and `width` are percentages, `y` is in pixels.
    """

    pk: int
    topic: str
    teacher: str
    span: str
    phase: str
    words: str
    icon: str
    tone: str
    x: float
    width: float
    y: int


class DayOverview(NamedTuple):
    """`height` is that of the drawing, in pixels, `bar` that of a lesson."""

    ruler: Ruler
    lessons: list[RulerLesson]
    height: int
    bar: int = BAR


def build_overview(
    day: Sequence[tuple[Lesson, Phase]], readiness: Mapping[int, Readiness], without_teacher: set[int]
) -> DayOverview:
    """Return the overview of lessons in order of their start, with their phases.

    `without_teacher` are the keys of the running lessons whose teacher is not in.
    """
    spans = [Span(lesson.starts_at, lesson.ends_at) for lesson, _phase in day]
    zone: Any = timezone.get_current_timezone()
    ruler = build_ruler(spans, timezone.localdate(), timezone.now(), zone)
    found = []
    for (lesson, phase), bar in zip(day, ruler.bars, strict=True):
        wrong = _problems(lesson, phase, readiness.get(lesson.pk), lesson.pk in without_teacher)
        words = [str(one.word) for one in wrong]
        found.append(
            RulerLesson(
                lesson.pk,
                lesson.topic,
                lesson.teacher.nickname,
                f"{when(lesson.starts_at, 'time')}–{when(lesson.ends_at, 'time')}",
                phase.name,
                gettext(", ").join(words),
                wrong[0].icon if wrong else "",
                wrong[0].tone if wrong else "",
                bar.x,
                bar.width,
                HEAD + ROW * bar.row,
            )
        )
    return DayOverview(ruler, found, HEAD + ROW * ruler.rows)


def _problems(
    lesson: Lesson, phase: Phase, ready: Readiness | None, teacher_out: bool
) -> list[Badge | Phase]:
    """Return what is wrong with a lesson, the worst first; nothing if it is cancelled or made up."""
    if lesson.cancelled_at or lesson.made_up:
        return []
    found: list[Badge | Phase] = [TEACHER_OUT] if teacher_out else []
    if (badge := sync_badge(lesson.sync_state)).trouble:
        found.append(badge)
    if phase in (OVERDUE, NOT_HELD):
        found.append(phase)
    if ready and ready.tone == "bad":
        found.append(ready.badge)
    return sorted(found, key=lambda one: one.tone != "bad")
