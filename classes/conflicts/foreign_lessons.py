"""Conflicts as a reader may see them: lessons that they may not open keep their time alone."""

from collections.abc import Iterable
from typing import Any

from classes.conflicts.detection import BookingConflict
from classes.models import Lesson
from console.policy import Scope, scope_of, scoped


def close_foreign_lessons(conflicts: Iterable[BookingConflict], reader: Any) -> list[BookingConflict]:
    """Return the conflicts without the topics of lessons that the reader may not open; None may open all.

    Takes one query where the reader sees only their own lessons.
    """
    found = list(conflicts)
    if reader is None or scope_of(reader, "view", "lesson") == Scope.SCHOOL:
        return found
    keys = {one.lesson.pk for one in found if one.lesson}
    rows = Lesson.objects.filter(pk__in=keys).order_by()
    open_ones = set(scoped(rows, reader, "lesson", "view").values_list("pk", flat=True)) if keys else set()
    return [
        one._replace(lesson=one.lesson._replace(topic="", is_closed=True))
        if one.lesson and one.lesson.pk not in open_ones
        else one
        for one in found
    ]
