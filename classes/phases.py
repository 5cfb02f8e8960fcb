"""Where a lesson stands, in a word that a school would use."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.kinds import Status
from classes.models import Lesson

#: How long before its start a lesson counts as "soon", and its page looks at it often.
SOON = timedelta(hours=1)


class Phase(NamedTuple):
    """`tone` is a colour of static/css/tokens.css."""

    name: str
    word: str | Promise
    icon: str
    tone: str

    @property
    def opens(self) -> bool:
        """Whether the classroom lets people in: it does from an hour before the start (error 10300)."""
        return self.name in ("running", "soon", "overdue")


CANCELLED = Phase("cancelled", _("cancelled"), "calendar-off", "idle")
RUNNING = Phase("running", _("running"), "player-play", "ok")
OVER = Phase("over", _("over"), "check", "idle")
NOT_HELD = Phase("not_held", _("not held"), "calendar-x", "warn")
OVERDUE = Phase("overdue", _("should have begun"), "clock-exclamation", "warn")
BEGINS_SOON = Phase("soon", _("begins soon"), "clock-play", "busy")
PLANNED = Phase("planned", _("planned"), "calendar-event", "idle")


def phase_of(lesson: Lesson, at: datetime | None = None) -> Phase:
    """The phase at that moment, by the service's status first and the plan second."""
    now = at or timezone.now()
    if lesson.cancelled_at:
        return CANCELLED
    if lesson.status != Status.WILL:
        return RUNNING if lesson.status == Status.ING else OVER
    if lesson.ends_at < now:
        return NOT_HELD
    if lesson.starts_at < now:
        return OVERDUE
    return BEGINS_SOON if lesson.starts_at - now < SOON else PLANNED
