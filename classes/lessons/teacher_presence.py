"""When a running lesson counts as one without its teacher: one rule for all pages and alarms."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from classes.choices import Status
from classes.models import Attendance, Lesson

#: Unanswered polls after which the data counts as out of date, and nobody is called missing.
STALE_AFTER_POLLS = 3


def teacher_tolerance() -> timedelta:
    """Return how long after the start a lesson may be without its teacher."""
    return timedelta(seconds=settings.ALARM_TEACHER_S)


def stale_after() -> timedelta:
    return timedelta(seconds=STALE_AFTER_POLLS * settings.LIVE_POLL_S)


def is_without_teacher(began: datetime, looked_at: datetime | None, is_here: bool, now: datetime) -> bool:
    """Return whether the teacher of a running lesson is missing: `began` is when people are expected.

    Without current data (`looked_at` is the last answered poll) the lesson is not judged.
    """
    if looked_at is None or now - looked_at > stale_after():
        return False
    return not is_here and now - began > teacher_tolerance()


def teacher_here() -> Exists:
    """Return the condition that the teacher of a lesson is in its room."""
    return Exists(
        Attendance.objects.filter(
            lesson=OuterRef("pk"),
            user_id=OuterRef("teacher__user_id"),
            first_entered_at__isnull=False,
            last_left_at=None,
        )
    )


def without_teacher(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Return the running lessons without their teacher: `is_without_teacher` as a query."""
    now = timezone.now()
    began = Greatest(F("starts_at"), Coalesce(F("real_started_at"), F("starts_at")))
    current = lessons.filter(status=Status.ING, cancelled_at=None, looked_at__gte=now - stale_after())
    return current.alias(expected_at=began).filter(~teacher_here(), expected_at__lt=now - teacher_tolerance())
