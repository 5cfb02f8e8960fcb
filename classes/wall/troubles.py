"""What is wrong with a lesson that runs or should: a pure judgement, the same on the wall and for alarms."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.drops import LEAST_FOR_ALARM, find
from classes.kinds import Status
from classes.live import POLLS_MISSED
from classes.wall.now import LessonNow

#: A lesson in which nobody at all is, and one that runs beyond its plan, after so long.
GHOST_AFTER = timedelta(minutes=10)
OVERRUN_AFTER = timedelta(minutes=15)


class Sort(NamedTuple):
    """A sort of trouble; `urgent` wants somebody now. The order of SORTS is that of the wall."""

    words: str | Promise
    icon: str
    tone: str
    urgent: bool


SORTS: dict[str, Sort] = {
    "teacher_out": Sort(_("teacher not in"), "user-off", "bad", True),
    "mass_drop": Sort(_("many left within a minute"), "users-minus", "bad", True),
    "nobody_in": Sort(_("no student in"), "users", "bad", True),
    "ghost": Sort(_("nobody is in it"), "ghost", "bad", True),
    "recording_missing": Sort(_("no recording"), "video-off", "bad", True),
    "overrun": Sort(_("longer than planned"), "clock-x", "warn", True),
    "poll_outage": Sort(_("no news from iclass"), "cloud-x", "warn", True),
    "absent": Sort(_("students absent"), "user-x", "warn", False),
}
ORDER = {kind: place for place, kind in enumerate(SORTS)}


class Trouble(NamedTuple):
    """`number` counts the people that it is about, 0 where it is about none."""

    kind: str
    number: int = 0

    @property
    def sort(self) -> Sort:
        return SORTS[self.kind]


def troubles_of(lesson: LessonNow, now: datetime) -> list[Trouble]:
    """The worst first. Of what nobody could see lately nothing is said but that."""
    waited = now - lesson.began
    patience = timedelta(seconds=settings.ALARM_TEACHER_S)
    if lesson.status == Status.WILL:
        return [Trouble("teacher_out")] if waited > patience else []
    found = list(_by_the_clock(lesson, now))
    if is_stale(lesson, now):
        found.append(Trouble("poll_outage"))
    elif lesson.looked_at is not None:
        found += _in_the_room(lesson, waited, patience)
    return sorted(found, key=lambda one: ORDER[one.kind])


def _by_the_clock(lesson: LessonNow, now: datetime) -> Iterable[Trouble]:
    if now - lesson.ends_at > OVERRUN_AFTER:
        yield Trouble("overrun")
    if lesson.recording.alarm:
        yield Trouble("recording_missing")


def _in_the_room(lesson: LessonNow, waited: timedelta, patience: timedelta) -> Iterable[Trouble]:
    if lesson.teacher_since is None and waited > patience:
        yield Trouble("teacher_out")
    if not lesson.inside:
        if waited > GHOST_AFTER:
            yield Trouble("ghost")
        return
    if dropped := _dropped(lesson):
        yield Trouble("mass_drop", dropped)
    if lesson.expected and not lesson.here and waited > patience:
        yield Trouble("nobody_in")
    elif lesson.never and waited > timedelta(seconds=lesson.late_after_s):
        yield Trouble("absent", lesson.never)


def is_stale(lesson: LessonNow, now: datetime) -> bool:
    """Whether three polls were missed; what was never seen counts from the real start."""
    since: Any = lesson.looked_at or lesson.real_started_at
    return lesson.runs and since is not None and now - since > stale_after()


def stale_after() -> timedelta:
    return timedelta(seconds=POLLS_MISSED * settings.LIVE_POLL_S)


def _dropped(lesson: LessonNow) -> int:
    """How many students the largest mass drop of the last minutes took, 0 where there was none."""
    if len(lesson.left) < LEAST_FOR_ALARM:
        return 0
    exits = [(moment.timestamp(), place) for place, moment in enumerate(lesson.left)]
    drops = find(exits, lambda at: lesson.here + sum(second >= at for second, _ in exits), LEAST_FOR_ALARM)
    return max((len(one.who) for one in drops), default=0)
