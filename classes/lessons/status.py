"""Phases of a lesson as pages show them, and which lessons count."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.choices import Status

#: How long before its start a lesson counts as "soon" and its page refreshes often.
SOON_WINDOW = timedelta(hours=1)


class ScheduledLesson(Protocol):
    """What a phase depends on: a lesson, or the columns of one that a query loaded."""

    @property
    def status(self) -> Any: ...
    @property
    def starts_at(self) -> Any: ...
    @property
    def ends_at(self) -> Any: ...
    @property
    def cancelled_at(self) -> Any: ...


class Phase(NamedTuple):
    """A phase with its label and icon; `tone` is a colour of static/css/tokens.css."""

    name: str
    word: str | Promise
    icon: str
    tone: str

    @property
    def opens(self) -> bool:
        """Whether the classroom is open: from an hour before the start (before that, error 10300)."""
        return self.name in ("running", "soon", "overdue")

    @property
    def stage(self) -> str:
        """What pages lay themselves out by: before, running, over or cancelled.

        A lesson that is due, or should be over, and has not begun is "before": only iclass begins a lesson.
        """
        return self.name if self.name in ("running", "over", "cancelled") else "before"


CANCELLED = Phase("cancelled", _("cancelled"), "calendar-off", "idle")
RUNNING = Phase("running", _("running"), "player-play", "ok")
OVER = Phase("over", _("ended"), "check", "idle")
NOT_HELD = Phase("not_held", _("not held"), "calendar-x", "warn")
OVERDUE = Phase("overdue", _("overdue"), "clock-exclamation", "warn")
BEGINS_SOON = Phase("soon", _("starting soon"), "clock-play", "busy")
PLANNED = Phase("planned", _("not started"), "calendar-event", "idle")


def phase_of(lesson: ScheduledLesson, at: datetime | None = None) -> Phase:
    """Return the phase at that moment; the API status takes precedence over the planned times.

    Pages and the live wall share it, so that they count the same lessons as running, due or soon.
    """
    now = at or timezone.now()
    if lesson.cancelled_at:
        return CANCELLED
    if lesson.status != Status.WILL:
        return RUNNING if lesson.status == Status.ING else OVER
    if lesson.ends_at <= now:
        return NOT_HELD
    if lesson.starts_at < now:
        return OVERDUE
    return BEGINS_SOON if lesson.starts_at - now < SOON_WINDOW else PLANNED


def counted_lessons(prefix: str = "") -> dict[str, Any]:
    """Return the conditions on a lesson that counts; `prefix` leads to it, such as "lesson__".

    Reports, matrices, warnings and numbers of lessons use them; the triggers of the absence streaks read the
    same columns. A cancelled lesson does not count. A lesson that failed, or to which nobody came, does not
    either once a make-up lesson is scheduled: that one counts in its place, until it is cancelled itself.
    """
    return {f"{prefix}cancelled_at": None, f"{prefix}made_up": False}
