"""Quiet lessons: where nothing happens, the number of people in the room is asked for, not the whole list.

Marks are not reckoned with each look either, where nothing but time has passed since the last reckoning:
where somebody comes or goes only theirs are, and those of all follow the clock in steps of minutes. A look
that came late waits for such a step, too: else a console with too much to do would have more of it.
"""

from datetime import datetime
from typing import Any

from classes.attendance.rules import policy_of
from classes.models import Lesson

#: In a quiet lesson every third look fetches the list, for one may come while another goes.
LIST_EVERY = 3
#: So often all marks of a lesson follow the clock, in seconds.
RECKON_EVERY = 300
#: Columns of a lesson of which evidence came from elsewhere: a number will not do, and the marks may change.
LIST_WANTED: dict[str, Any] = {"room_total": None, "room_counts": LIST_EVERY}


def number_will_do(lesson: Lesson) -> bool:
    """Whether the next look may ask for the number alone; no database here."""
    return lesson.room_total is not None and lesson.room_counts < LIST_EVERY - 1


def after_list(count: int, *, quiet: bool) -> dict[str, Any]:
    """Columns after a list of so many people; `quiet` where it was whole and brought no change."""
    return {"room_total": count if quiet else None, "room_counts": 0}


def after_number(lesson: Lesson) -> dict[str, Any]:
    return {"room_total": lesson.room_total, "room_counts": lesson.room_counts + 1}


def after_failure() -> dict[str, Any]:
    return LIST_WANTED


def told_elsewhere(lesson: Lesson) -> bool:
    """Whether there is evidence that no look brought."""
    return lesson.room_counts >= LIST_EVERY


def marks_wait(lesson: Lesson, seen_at: datetime) -> bool:
    """Whether the marks may differ from those at the look before, though nobody came or went.

    Somebody is late or absent from now on, or the minutes of those inside were counted too long ago.
    """
    if lesson.looked_at is None:
        return True
    before, now = int(lesson.looked_at.timestamp()), int(seen_at.timestamp())
    begins = max(filter(None, (lesson.starts_at, lesson.real_started_at)))
    limit = int(begins.timestamp()) + policy_of(lesson).late_after_s
    turn = lesson.pk  # so that not all lessons are reckoned in the same second
    return (before + turn) // RECKON_EVERY < (now + turn) // RECKON_EVERY or before <= limit < now
