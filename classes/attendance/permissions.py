"""Permission to change a register: its teacher, its assistants and administrators."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from classes.models import Lesson, Member
from console.policy.rules import able_roles, days_allowed, may, refusal_message, scope_of
from console.policy.table import Scope


def may_change_register(reader: Any, action: str, lesson: Lesson) -> bool:
    """Return whether the reader may correct, excuse, credit, close, reopen or answer marks of the lesson.

    The scope "own" means a lesson that they teach or assist in, never one that they attend.
    """
    last_day = last_day_of(reader, action, lesson)
    if last_day is not None and _today(reader) > last_day:
        return False
    return _covers(reader, action, lesson)


def last_day_of(reader: Any, action: str, lesson: Lesson) -> date | None:
    """Return the last day on which the reader's role may do this, None for no limit.

    It is counted from the day on which the lesson was planned to end, in the zone of the school.
    """
    days = days_allowed(reader, action, "attendance")
    if days is None:
        return None
    return timezone.localdate(lesson.ends_at, reader.enterprise.tz) + timedelta(days=days)


def refuse_register(reader: Any, action: str, lesson: Lesson) -> str:
    """Return why the reader may not do this to the register, and who can."""
    if scope_of(reader, action, "attendance") == Scope.OWN and not may(reader, "view", "lesson", lesson):
        return refusal_message(reader, "view", "lesson", lesson)
    last_day = last_day_of(reader, action, lesson)
    if last_day is None or _today(reader) <= last_day or not _covers(reader, action, lesson):
        return refusal_message(reader, action, "attendance")
    roles = able_roles(reader, action, "attendance", unlimited=True)
    return _(
        "You could do this until %(day)s. Now it is allowed for: %(roles)s. Ask a school administrator."
    ) % {"day": last_day.isoformat(), "roles": ", ".join(roles)}


def correction_ended(reader: Any, lesson: Lesson) -> str:
    """Return the sentence that the reader's time for corrections is over; empty if that is not so."""
    last_day = last_day_of(reader, "correct", lesson)
    over = last_day is not None and _today(reader) > last_day and _covers(reader, "correct", lesson)
    return refuse_register(reader, "correct", lesson) if over else ""


def _covers(reader: Any, action: str, lesson: Lesson) -> bool:
    scope = scope_of(reader, action, "attendance")
    if scope == Scope.NONE or lesson.enterprise_id != reader.enterprise_id:
        return False
    if scope != Scope.OWN or lesson.teacher_id == reader.pk:
        return True
    return Member.objects.filter(lesson=lesson, user=reader, role=Member.Role.ASSISTANT).exists()


def _today(reader: Any) -> date:
    return timezone.localdate(timezone=reader.enterprise.tz)
