"""Lanes of a day in the timetable: a column for each teacher or group that has a lesson."""

from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import StudentGroup
from classes.models import Lesson
from console.policy import Scope, may, scope_of, scoped

#: The key of the lane of lessons without a group.
NO_GROUP = "-"


class LanesBy(TextChoices):
    TEACHER = "teacher", gettext_lazy("Columns by teacher")
    GROUP = "group", gettext_lazy("Columns by group")


class Lanes(NamedTuple):
    """The lanes in order, each with id and title, and the ids of the lanes of each lesson, by its pk.

    The id is the key of the layer of the same teacher or group.
    """

    rows: list[dict[str, str]]
    of_lesson: dict[int, list[str]]


def lane_choices(reader: Any) -> list[tuple[str, Any]]:
    """Return the choices of a reader; none if they see only lessons of their own, which need no lanes."""
    if scope_of(reader, "list", "lesson") != Scope.SCHOOL:
        return []
    offered = {LanesBy.TEACHER: True, LanesBy.GROUP: may(reader, "list", "group")}
    return [(value, label) for value, label in LanesBy.choices if offered[LanesBy(value)]]


def lesson_lanes(reader: Any, by: str, lessons: list[Lesson]) -> Lanes:
    """Return the lanes of these lessons, by name; those without a group come last."""
    if by == LanesBy.GROUP:
        return _group_lanes(reader, lessons)
    teachers = {(one.teacher.nickname, one.teacher.user_id) for one in lessons}
    rows = [{"id": user_id, "title": nickname or user_id} for nickname, user_id in sorted(teachers)]
    return Lanes(rows, {one.pk: [one.teacher.user_id] for one in lessons})


def _group_lanes(reader: Any, lessons: list[Lesson]) -> Lanes:
    visible = scoped(StudentGroup.objects.all(), reader, "group", "list")
    through = Lesson.groups.through.objects.filter(
        lesson__in=[one.pk for one in lessons], studentgroup__in=visible
    )
    found = through.order_by("studentgroup__name", "studentgroup_id")
    titles: dict[str, str] = {}
    of_lesson: dict[int, list[str]] = {}
    for lesson, group, name in found.values_list("lesson_id", "studentgroup_id", "studentgroup__name"):
        titles[str(group)] = name
        of_lesson.setdefault(lesson, []).append(str(group))
    for one in lessons:
        if one.pk not in of_lesson:
            titles[NO_GROUP] = _("Without a group")
            of_lesson[one.pk] = [NO_GROUP]
    return Lanes([{"id": key, "title": title} for key, title in titles.items()], of_lesson)
