"""Find what is wrong with a current lesson: a pure function, used by the wall and the alarms."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.mass_drops import LEAST_FOR_ALARM, find_mass_drops
from classes.choices import Status
from classes.lessons.teacher_presence import is_without_teacher, stale_after, teacher_tolerance
from classes.live.wall.queries import LiveLesson

#: When an empty lesson, and one that runs beyond its planned end, counts as trouble.
GHOST_AFTER = timedelta(minutes=10)
OVERRUN_AFTER = timedelta(minutes=15)


class TroubleType(NamedTuple):
    """A type of trouble; `urgent` ones come first on the wall, and all in the order of TROUBLE_TYPES."""

    words: str | Promise
    icon: str
    tone: str
    urgent: bool


TROUBLE_TYPES: dict[str, TroubleType] = {
    "teacher_out": TroubleType(_("teacher not in the room"), "user-off", "bad", True),
    "mass_drop": TroubleType(_("many left within a minute"), "users-minus", "bad", True),
    "nobody_in": TroubleType(_("no student in the room"), "users", "bad", True),
    "ghost": TroubleType(_("room is empty"), "ghost", "bad", True),
    "recording_missing": TroubleType(_("not being recorded"), "video-off", "bad", True),
    "overrun": TroubleType(_("running longer than planned"), "clock-x", "warn", True),
    "poll_outage": TroubleType(_("no data from iclass"), "cloud-x", "warn", True),
    "absent": TroubleType(_("students absent"), "user-x", "warn", False),
}
TROUBLE_ORDER = {kind: place for place, kind in enumerate(TROUBLE_TYPES)}


class Trouble(NamedTuple):
    """`number` counts the people concerned, 0 if it is about none."""

    kind: str
    number: int = 0

    @property
    def sort(self) -> TroubleType:
        return TROUBLE_TYPES[self.kind]


def find_troubles(lesson: LiveLesson, now: datetime) -> list[Trouble]:
    """Return the troubles, the worst first. If polls are missing, the room is not judged."""
    waited = now - lesson.began
    tolerance = teacher_tolerance()
    if lesson.status == Status.WILL:
        return [Trouble("teacher_out")] if waited > tolerance else []
    found = list(_schedule_troubles(lesson, now))
    if is_stale(lesson, now):
        found.append(Trouble("poll_outage"))
    elif lesson.looked_at is not None:
        found += _room_troubles(lesson, now, tolerance)
    return sorted(found, key=lambda one: TROUBLE_ORDER[one.kind])


def _schedule_troubles(lesson: LiveLesson, now: datetime) -> Iterable[Trouble]:
    if now - lesson.ends_at > OVERRUN_AFTER:
        yield Trouble("overrun")
    if lesson.recording.alarm:
        yield Trouble("recording_missing")


def _room_troubles(lesson: LiveLesson, now: datetime, tolerance: timedelta) -> Iterable[Trouble]:
    waited = now - lesson.began
    if is_without_teacher(lesson.began, lesson.looked_at, lesson.teacher_since is not None, now):
        yield Trouble("teacher_out")
    if not lesson.inside:
        if waited > GHOST_AFTER:
            yield Trouble("ghost")
        return
    if dropped := _largest_drop(lesson):
        yield Trouble("mass_drop", dropped)
    if lesson.expected and not lesson.here and waited > tolerance:
        yield Trouble("nobody_in")
    elif lesson.never and waited > timedelta(seconds=lesson.late_after_s):
        # Raised while somebody has not come; it counts everybody who is missing, as the tile does.
        yield Trouble("absent", len(lesson.missing))


def is_stale(lesson: LiveLesson, now: datetime) -> bool:
    """Return whether three polls were missed; a lesson that was never polled counts from its real start."""
    since: Any = lesson.looked_at or lesson.real_started_at
    return lesson.runs and since is not None and now - since > stale_after()


def _largest_drop(lesson: LiveLesson) -> int:
    """Return how many students the largest recent mass drop took, 0 if there was none."""
    if len(lesson.left) < LEAST_FOR_ALARM:
        return 0
    exits = [(moment.timestamp(), index) for index, moment in enumerate(lesson.left)]
    drops = find_mass_drops(
        exits, lambda at: lesson.here + sum(second >= at for second, _ in exits), LEAST_FOR_ALARM
    )
    return max((len(one.who) for one in drops), default=0)
