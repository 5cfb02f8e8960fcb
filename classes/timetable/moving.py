"""Moving a lesson to another time: what it does, told before it is done."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from classes.conflicts.finding import Conflict, Slot, conflicts_of, wanted_of
from classes.models import Lesson, Member


class Effects(NamedTuple):
    """What moving a lesson does; `people` are all who are expected, its teacher too."""

    starts_at: datetime
    ends_at: datetime
    people: int
    students: int
    at_iclass: bool
    conflicts: list[Conflict]


def effects_of(lesson: Lesson, starts_at: datetime) -> Effects:
    """The effects of a lesson beginning at `starts_at` and lasting as long as it was planned."""
    students = Count("pk", filter=Q(role=Member.Role.STUDENT))
    counts = lesson.members.aggregate(members=Count("pk"), students=students)
    return Effects(
        starts_at,
        starts_at + length_of(lesson),
        counts["members"] + 1,
        counts["students"],
        bool(lesson.remote_id),
        conflicts_of(replace(wanted_of(lesson), slots=[Slot(starts_at, starts_at + length_of(lesson))])),
    )


def length_of(lesson: Lesson) -> timedelta:
    return lesson.ends_at - lesson.starts_at
