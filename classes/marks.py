"""The marks as pages show them: a colour and an icon beside the word, and who stands first."""

from typing import NamedTuple

from classes.models import Attendance, Mark


class Sign(NamedTuple):
    icon: str
    tone: str


SIGNS = {
    Mark.ABSENT: Sign("circle-x", "bad"),
    Mark.UNKNOWN: Sign("help-circle", "idle"),
    Mark.LATE_AND_LEFT_EARLY: Sign("clock-x", "warn"),
    Mark.LATE: Sign("clock-exclamation", "warn"),
    Mark.LEFT_EARLY: Sign("door-exit", "warn"),
    Mark.EXCUSED: Sign("mail-check", "busy"),
    Mark.PRESENT: Sign("circle-check", "ok"),
}
#: Absent first: the order of SIGNS.
ORDER = {mark: place for place, mark in enumerate(SIGNS)}


def sign_of(mark: str) -> Sign:
    return SIGNS.get(Mark(mark), Sign("help-circle", "idle")) if mark in Mark.values else Sign("user", "idle")


def by_urgency(row: Attendance) -> tuple[int, str, str]:
    """A key that puts the absent first, then by name."""
    return ORDER.get(Mark(row.mark), 0) if row.mark else -1, row.nickname, row.user_id
