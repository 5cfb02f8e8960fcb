"""Retention of recordings: until a day, indefinitely, or the school's number of days after the lesson."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Enterprise
from classes.models import Appeal, Lesson, LessonRecording, Recording
from classes.recordings.services import bin_recording

#: Recordings that follow the retention of the school.
FOLLOWS_SCHOOL = Q(keep_until=None, keep_for_good=False)


def last_kept_day(lesson: Lesson, footage: LessonRecording | None) -> date | None:
    """Return the last day on which a recording is kept; None if it is kept indefinitely."""
    days = lesson.enterprise.keep_recordings_days
    if footage is not None and (footage.keep_until or footage.keep_for_good):
        return footage.keep_until
    if not days:
        return None
    return timezone.localdate(lesson.real_ended_at or lesson.ends_at) + timedelta(days=days)


def open_appeals(school: Enterprise) -> QuerySet[Any]:
    """Return the lessons with an appeal that waits for its answer, whose evidence is kept until then."""
    waiting = Appeal.objects.filter(lesson__enterprise=school, state=Appeal.State.OPEN)
    return waiting.order_by().values("lesson")


def school_retention_lessons(school: Enterprise) -> QuerySet[Any]:
    """Return lessons whose recordings follow the retention of the school, with their end as `over_at`."""
    own = LessonRecording.objects.filter(lesson=OuterRef("pk"))
    own = own.filter(Q(keep_until__isnull=False) | Q(keep_for_good=True) | Q(binned_at__isnull=False))
    tracks = Recording.objects.filter(lesson=OuterRef("pk"), emptied_at=None)
    lessons = Lesson.objects.filter(Exists(tracks), enterprise=school).exclude(Exists(own))
    return lessons.alias(over_at=Coalesce("real_ended_at", "ends_at"))


def expired_recordings(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return the lessons with expired recordings. A recording is kept through its last day."""
    lessons = school_retention_lessons(school).exclude(pk__in=open_appeals(school))
    return lessons.filter(over_at__lt=_midnight(timezone.localdate(before)))


def bin_recordings(lessons: QuerySet[Lesson]) -> int:
    """Move the recordings into the bin; return their number."""
    found = list(lessons.select_related("enterprise"))
    for lesson in found:
        days = lesson.enterprise.keep_recordings_days
        bin_recording(lesson=lesson, by=None, reason=f"kept for {days} days", only=FOLLOWS_SCHOOL)
    return len(found)


def lessons_expiring_between(school: Enterprise, first: date, last: date) -> QuerySet[Lesson]:
    """Return lessons whose recordings expire between two days by the retention of the school."""
    span = timedelta(days=school.keep_recordings_days or 0)
    return school_retention_lessons(school).filter(
        over_at__gte=_midnight(first - span), over_at__lt=_midnight(last - span + timedelta(days=1))
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
