"""How long recordings are kept: a day of their own, for good, or the days of the school after the lesson."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Enterprise
from classes.models import Footage, Lesson, Recording
from classes.recordings.services import put_into_bin


def kept_until(lesson: Lesson, footage: Footage | None) -> date | None:
    """The last day; None where it is kept for good."""
    days = lesson.enterprise.keep_recordings_days
    if footage is not None and (footage.keep_until or footage.keep_for_good):
        return footage.keep_until
    if not days:
        return None
    return timezone.localdate(lesson.real_ended_at or lesson.ends_at) + timedelta(days=days)


def by_the_school(school: Enterprise) -> QuerySet[Lesson]:
    """Lessons whose recordings are there and have no last day of their own, with when they were `over_at`."""
    own = Footage.objects.filter(lesson=OuterRef("pk"))
    own = own.filter(Q(keep_until__isnull=False) | Q(keep_for_good=True) | Q(binned_at__isnull=False))
    tracks = Recording.objects.filter(lesson=OuterRef("pk"), emptied_at=None)
    lessons = Lesson.objects.filter(Exists(tracks), enterprise=school).exclude(Exists(own))
    return lessons.alias(over_at=Coalesce("real_ended_at", "ends_at"))


def old_recordings(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """What the school keeps no longer. The whole last day is kept."""
    return by_the_school(school).filter(over_at__lt=_midnight(timezone.localdate(before)))


def into_bin(lessons: QuerySet[Lesson]) -> int:
    """Put each into the bin; how many."""
    found = list(lessons.select_related("enterprise"))
    for lesson in found:
        days = lesson.enterprise.keep_recordings_days
        put_into_bin(lesson=lesson, by=None, reason=f"kept for {days} days")
    return len(found)


def ending(school: Enterprise, first: date, last: date) -> QuerySet[Lesson]:
    """Lessons whose recordings are kept by the days of the school, and for the last time between two days."""
    span = timedelta(days=school.keep_recordings_days or 0)
    return by_the_school(school).filter(
        over_at__gte=_midnight(first - span), over_at__lt=_midnight(last - span + timedelta(days=1))
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
