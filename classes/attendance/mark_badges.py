"""Badges of marks (icon and colour), and the display order of a register."""

from typing import NamedTuple

from classes.models import Attendance, Mark


class MarkBadge(NamedTuple):
    icon: str
    tone: str


MARK_BADGES = {
    Mark.ABSENT: MarkBadge("circle-x", "bad"),
    Mark.UNKNOWN: MarkBadge("help-circle", "idle"),
    Mark.LATE_AND_LEFT_EARLY: MarkBadge("clock-x", "warn"),
    Mark.LATE: MarkBadge("clock-exclamation", "warn"),
    Mark.LEFT_EARLY: MarkBadge("door-exit", "warn"),
    Mark.EXCUSED: MarkBadge("mail-check", "busy"),
    Mark.PRESENT: MarkBadge("circle-check", "ok"),
}
#: Absent first: the order of MARK_BADGES.
URGENCY = {mark: place for place, mark in enumerate(MARK_BADGES)}


def mark_badge(mark: str) -> MarkBadge:
    return (
        MARK_BADGES.get(Mark(mark), MarkBadge("help-circle", "idle"))
        if mark in Mark.values
        else MarkBadge("user", "idle")
    )


def urgency_key(row: Attendance) -> tuple[int, str, str]:
    """Sort key: by urgency of the mark, then by name."""
    return urgency_rank(row.mark, row.nickname, row.user_id)


def urgency_rank(mark: str, nickname: str, user_id: str) -> tuple[int, str, str]:
    return URGENCY.get(Mark(mark), 0) if mark else -1, nickname, user_id
