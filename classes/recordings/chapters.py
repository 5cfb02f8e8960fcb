"""Chapters of a track: where the lesson began, and what a late or absent person missed."""

from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from classes.models import Attendance, Lesson, Mark, Recording
from console.policy import scoped

#: Marks that leave something to catch up on.
MISSED = (Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY, Mark.ABSENT)


class Chapter(NamedTuple):
    """A place in a track: seconds from its beginning, and what is there."""

    seconds: int
    words: str

    @property
    def clock(self) -> str:
        """As a player shows it: 1:02:03 or 2:03."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def chapters_of(reader: Any, lesson: Lesson, track: Recording) -> list[Chapter]:
    """The chapters that this reader may be told, in order; none where nobody said when the track began."""
    if track.started_at is None:
        return []
    found = [(lesson.real_started_at, _("The lesson begins")), (lesson.real_ended_at, _("The lesson ends"))]
    marks = scoped(Attendance.objects.filter(lesson=lesson, mark__in=MISSED), reader, "attendance", "list")
    for mark in marks.order_by("nickname", "user_id")[:200]:
        found += _missed(mark, lesson)
    there = [(at, words) for at, words in found if at is not None and _within(at, track)]
    chapters = [Chapter(int((at - track.started_at).total_seconds()), words) for at, words in there]
    return sorted(chapters, key=attrgetter("seconds"))  # what the lesson does comes before what people do


def _missed(mark: Attendance, lesson: Lesson) -> list[tuple[datetime | None, str]]:
    name = {"name": mark.nickname or mark.user_id}
    if mark.mark == Mark.ABSENT:
        return [(lesson.real_started_at, _("%(name)s was absent: everything from here") % name)]
    found = []
    if mark.mark != Mark.LEFT_EARLY:
        found.append((lesson.real_started_at, _("%(name)s came late: missed from here") % name))
        found.append((mark.first_entered_at, _("%(name)s comes in") % name))
    if mark.mark != Mark.LATE:
        found.append((mark.last_left_at, _("%(name)s left early: missed from here") % name))
    return found


def _within(at: datetime, track: Recording) -> bool:
    assert track.started_at is not None
    passed = (at - track.started_at).total_seconds()
    length = track.seconds if track.seconds is not None else passed
    return 0 <= passed <= length
