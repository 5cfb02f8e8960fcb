"""How long a session lasts: the installation's limits, or the school's own, which may only be shorter."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings

#: The shortest limits that a school can set.
MIN_IDLE_MINUTES, MIN_HOURS = 5, 1


class SessionLimits(NamedTuple):
    """Seconds without activity, and seconds after signing in, until a session ends."""

    idle_s: float
    absolute_s: float

    def end_of_session(self, began_at: datetime) -> datetime:
        return began_at + timedelta(seconds=self.absolute_s)


def limits_of(person: Any) -> SessionLimits:
    """Return the limits of a person's sessions. Runs no query: the school is loaded with the person."""
    school = person.enterprise if person.enterprise_id else None
    return limits_of_school(school)


def limits_of_school(school: Any) -> SessionLimits:
    """Return the limits of a school, or of the installation if it is None."""
    idle, hours = (school.session_idle_minutes, school.session_hours) if school else (None, None)
    return SessionLimits(
        min(settings.SESSION_IDLE_S, idle * 60) if idle else settings.SESSION_IDLE_S,
        min(settings.SESSION_ABSOLUTE_S, hours * 3600) if hours else settings.SESSION_ABSOLUTE_S,
    )


def max_idle_minutes() -> int:
    """Return the longest idle limit that the installation allows."""
    return max(1, int(settings.SESSION_IDLE_S // 60))


def max_hours() -> int:
    """Return the longest lifetime that the installation allows."""
    return max(1, int(settings.SESSION_ABSOLUTE_S // 3600))
