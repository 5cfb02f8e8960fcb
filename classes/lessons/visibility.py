"""Visibility of the people of a lesson. A student sees the teacher and themselves, but no classmates."""

from collections.abc import Iterable
from typing import Any

from classes.models import Recording
from console.policy import may


def may_see_members(reader: Any) -> bool:
    """Return whether the reader sees all members of the lessons that they may see."""
    return may(reader, "list", "member")


def visible_user_ids(reader: Any, user_ids: Iterable[str]) -> list[str]:
    """Filter the user ids of a lesson or course by what the reader may see."""
    if may_see_members(reader):
        return list(user_ids)
    return [one for one in user_ids if one == reader.user_id]


def visible_track_person(reader: Any, track: Recording) -> str:
    """Return the user id of the person that a track shows; empty if the reader may not see them."""
    lesson = track.lesson
    known = {reader.user_id, lesson.teacher.user_id if lesson is not None else ""}
    return track.user_id if track.user_id in known or may_see_members(reader) else ""
