"""Quiet lessons: where nothing happens, the number of people in the room is asked for, not the whole list."""

from typing import Any

from classes.models import Lesson

#: In a quiet lesson every third look fetches the list, for one may come while another goes.
LIST_EVERY = 3


def number_will_do(lesson: Lesson) -> bool:
    """Whether the next look may ask for the number alone; no database here."""
    return lesson.room_total is not None and lesson.room_counts < LIST_EVERY - 1


def after_list(count: int, *, quiet: bool) -> dict[str, Any]:
    """Columns after a list of so many people; `quiet` where it was whole and brought no change."""
    return {"room_total": count if quiet else None, "room_counts": 0}


def after_number(lesson: Lesson) -> dict[str, Any]:
    return {"room_counts": lesson.room_counts + 1}


def after_failure() -> dict[str, Any]:
    return {"room_total": None, "room_counts": 0}
