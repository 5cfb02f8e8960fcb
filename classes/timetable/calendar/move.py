"""Effects of moving a lesson to another time, shown before it is moved."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q

from classes.conflicts.detection import BookingConflict, TimeSlot, build_booking_request, find_conflicts
from classes.conflicts.foreign_lessons import close_foreign_lessons
from classes.models import Lesson, Member


class MoveEffects(NamedTuple):
    """Effects of moving a lesson; `people` counts everybody expected, including the teacher."""

    starts_at: datetime
    ends_at: datetime
    people: int
    students: int
    at_iclass: bool
    conflicts: list[BookingConflict]


def compute_move_effects(lesson: Lesson, starts_at: datetime, reader: Any = None) -> MoveEffects:
    """Return the effects of starting the lesson at `starts_at` with its planned duration, for a reader."""
    students = Count("pk", filter=Q(role=Member.Role.STUDENT))
    counts = lesson.members.aggregate(members=Count("pk"), students=students)
    slots = [TimeSlot(starts_at, starts_at + lesson_duration(lesson))]
    conflicts = find_conflicts(replace(build_booking_request(lesson), slots=slots))
    return MoveEffects(
        starts_at,
        starts_at + lesson_duration(lesson),
        counts["members"] + 1,
        counts["students"],
        bool(lesson.remote_id),
        close_foreign_lessons(conflicts, reader),
    )


def lesson_duration(lesson: Lesson) -> timedelta:
    return lesson.ends_at - lesson.starts_at
