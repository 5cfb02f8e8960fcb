"""When a lesson is usually started and ended, and what happens if that is done at another time."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.choices import RecordType, Status
from classes.models import Attendance, Lesson, Member
from console.ui.template_tags import duration, when

#: How long before its planned start a lesson starts, and before its planned end ends, without a question.
EARLY_START, EARLY_END = timedelta(minutes=30), timedelta(minutes=10)


def start_consequences(lesson: Lesson) -> list[str]:
    """Return what happens if the lesson is started now, as sentences; none at its usual time."""
    before = lesson.starts_at - timezone.now()
    if lesson.status != Status.WILL or before <= EARLY_START:
        return []
    students = lesson.members.filter(role=Member.Role.STUDENT).count()
    entering = ngettext(
        "It starts at iclass now: the teacher and %(n)d student can enter.",
        "It starts at iclass now: the teacher and %(n)d students can enter.",
        students,
    ) % {"n": students}
    records = set(lesson.record_types) != {RecordType.LOCAL}
    return [
        _planned_start(lesson, before),
        entering,
        *([_("The recording starts with it.")] if records else []),
        _("It can then no longer be moved or cancelled, and once it has ended, it cannot be started again."),
    ]


def _planned_start(lesson: Lesson, before: timedelta) -> str:
    if before < timedelta(days=1):
        return _("This lesson is planned for %(when)s, in %(time)s.") % {
            "when": when(lesson.starts_at),
            "time": _in_minutes(before),
        }
    days = (timezone.localdate(lesson.starts_at) - timezone.localdate()).days
    return ngettext(
        "This lesson is planned for %(when)s, in %(n)d day.",
        "This lesson is planned for %(when)s, in %(n)d days.",
        days,
    ) % {"when": when(lesson.starts_at), "n": days}


def stop_consequences(lesson: Lesson) -> list[str]:
    """Return what happens if the lesson is ended now; none at its usual time or if nobody is in the room."""
    left = lesson.ends_at - timezone.now()
    if lesson.status != Status.ING or left <= EARLY_END:
        return []
    entered = Attendance.objects.filter(lesson=lesson, first_entered_at__isnull=False, last_left_at=None)
    people = entered.count()
    if not people:
        return []
    leaving = ngettext(
        "%(n)d person is in the classroom and leaves it at once.",
        "%(n)d people are in the classroom and leave it at once.",
        people,
    ) % {"n": people}
    planned = _("This lesson is planned until %(when)s, for another %(time)s.") % {
        "when": when(lesson.ends_at, "time"),
        "time": _in_minutes(left),
    }
    return [planned, leaving]


def _in_minutes(time: timedelta) -> str:
    return duration(time // timedelta(minutes=1) * 60)
