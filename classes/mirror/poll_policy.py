"""Poll policy of running lessons: a quiet room is polled for its number of people, not for the whole list.

Marks are not recalculated at each poll either. Where somebody enters or leaves, only their marks are; the
marks of all follow the clock in steps of minutes. A late poll also waits for such a step: otherwise an
overloaded console would add to its own load.
"""

from datetime import datetime
from typing import Any

from classes.attendance.policy import get_policy
from classes.models import Lesson

#: In a quiet lesson every third poll fetches the list: one person may enter while another leaves.
LIST_EVERY = 3
#: Seconds between recalculations of all marks of a lesson.
RECALCULATE_EVERY_S = 300
#: Columns of a lesson with evidence from another source: the next poll must fetch the list; marks may change.
LIST_REQUIRED: dict[str, Any] = {"room_total": None, "room_counts": LIST_EVERY}


def count_suffices(lesson: Lesson) -> bool:
    """Return whether the next poll may ask for the number alone. Uses no database."""
    return lesson.room_total is not None and lesson.room_counts < LIST_EVERY - 1


def fields_after_list(count: int, *, quiet: bool) -> dict[str, Any]:
    """Columns after a list of `count` people; `quiet` if it was complete and brought no change."""
    return {"room_total": count if quiet else None, "room_counts": 0}


def fields_after_count(lesson: Lesson) -> dict[str, Any]:
    return {"room_total": lesson.room_total, "room_counts": lesson.room_counts + 1}


def fields_after_failure() -> dict[str, Any]:
    return LIST_REQUIRED


def has_other_evidence(lesson: Lesson) -> bool:
    """Return whether there is evidence that did not come from a poll."""
    return lesson.room_counts >= LIST_EVERY


def marks_due(lesson: Lesson, seen_at: datetime) -> bool:
    """Return whether the marks may differ from those at the previous poll although nobody entered or left.

    Somebody may be late or absent from now on, or the minutes of those inside were counted too long ago.
    """
    if lesson.looked_at is None:
        return True
    before, now = int(lesson.looked_at.timestamp()), int(seen_at.timestamp())
    start = max(filter(None, (lesson.starts_at, lesson.real_started_at)))
    limit = int(start.timestamp()) + get_policy(lesson).late_after_s
    offset = lesson.pk  # spreads the recalculations of all lessons over time
    return (before + offset) // RECALCULATE_EVERY_S < (
        now + offset
    ) // RECALCULATE_EVERY_S or before <= limit < now
