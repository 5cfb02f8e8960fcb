"""Chapters of a track: start and end of the lesson, and the parts that people missed."""

from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from classes.models import Attendance, Lesson, Mark, Recording
from console.policy import scoped

#: Marks of people who missed a part of the lesson.
MARKS_WITH_GAPS = (Mark.LATE, Mark.LEFT_EARLY, Mark.LATE_AND_LEFT_EARLY, Mark.ABSENT)


class Chapter(NamedTuple):
    """A position in a track in seconds, and its title."""

    seconds: int
    title: str

    @property
    def clock(self) -> str:
        """The position as 1:02:03 or 2:03."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def list_chapters(reader: Any, lesson: Lesson, track: Recording) -> list[Chapter]:
    """Return the chapters that the reader may see, in order; none if the start of the track is unknown."""
    if track.started_at is None:
        return []
    found = [(lesson.real_started_at, _("Lesson starts")), (lesson.real_ended_at, _("Lesson ends"))]
    marks = scoped(
        Attendance.objects.filter(lesson=lesson, mark__in=MARKS_WITH_GAPS), reader, "attendance", "list"
    )
    for mark in marks.order_by("nickname", "user_id"):
        found += _mark_chapters(mark, lesson)
    inside = [(at, title) for at, title in found if at is not None and _within(at, track)]
    chapters = [Chapter(int((at - track.started_at).total_seconds()), title) for at, title in inside]
    # The sort is stable: lesson chapters stay before those of people.
    return sorted(chapters, key=attrgetter("seconds"))


def _mark_chapters(mark: Attendance, lesson: Lesson) -> list[tuple[datetime | None, str]]:
    name = {"name": mark.nickname or mark.user_id}
    if mark.mark == Mark.ABSENT:
        return [(lesson.real_started_at, _("%(name)s was absent: watch from here") % name)]
    found = []
    if mark.mark != Mark.LEFT_EARLY:
        found.append((lesson.real_started_at, _("%(name)s was late: watch from here") % name))
        found.append((mark.first_entered_at, _("%(name)s joins") % name))
    if mark.mark != Mark.LATE:
        found.append((mark.last_left_at, _("%(name)s left early: watch from here") % name))
    return found


def _within(at: datetime, track: Recording) -> bool:
    assert track.started_at is not None
    passed = (at - track.started_at).total_seconds()
    length = track.seconds if track.seconds is not None else passed
    return 0 <= passed <= length
