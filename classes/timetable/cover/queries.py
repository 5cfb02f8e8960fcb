"""Queries about absences of teachers, the lessons that they touch, and who covers how often."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.choices import Status
from classes.models import Cover, Lesson, TeacherAbsence, Term

#: A lesson takes at most a day; with this bound the index of starts is read near the absence only.
LONGEST_LESSON = timedelta(days=1)
#: How far back covers count in a school without a term on that day.
DAYS_WITHOUT_TERM = 180


class CoverPeriod(NamedTuple):
    """The time over which covers are counted; `name` says which."""

    begins: datetime
    ends: datetime | None
    name: str


def cover_period(school: Enterprise, day: date) -> CoverPeriod:
    """Return the term of the day; without one, the last 180 days and all that is planned."""
    terms = Term.objects.filter(enterprise=school, starts_on__lte=day, ends_on__gte=day)
    term = terms.order_by("starts_on", "pk").last()
    if term is None:
        name = _("the last %(days)s days") % {"days": DAYS_WITHOUT_TERM}
        return CoverPeriod(_midnight(school, day - timedelta(days=DAYS_WITHOUT_TERM)), None, name)
    after = _midnight(school, term.ends_on + timedelta(days=1))
    return CoverPeriod(_midnight(school, term.starts_on), after, term.name)


def _midnight(school: Enterprise, day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), school.tz)


def in_force(prefix: str = "") -> Q:
    """Match covers whose teacher has the lesson; it may have been given to somebody else later."""
    return Q(
        **{
            f"{prefix}undone_at": None,
            f"{prefix}lesson__teacher": F(f"{prefix}covering"),
            f"{prefix}lesson__cancelled_at": None,
        }
    )


def with_cover_counts(people: QuerySet[User], period: CoverPeriod) -> QuerySet[Any]:
    """Annotate `times_covering`, how many lessons of the period each of these people covers."""
    counted = in_force("covers__") & Q(covers__lesson__starts_at__gte=period.begins)
    if period.ends is not None:
        counted &= Q(covers__lesson__starts_at__lt=period.ends)
    return people.annotate(times_covering=Count("covers", filter=counted))


def touched_lessons(absence: TeacherAbsence) -> QuerySet[Lesson]:
    """Return the lessons at that time which the absent teacher has, or had before they were covered.

    Lessons that were cancelled before the absence was entered are none of them.
    """
    at_that_time = Q(
        starts_at__lt=absence.ends_at,
        ends_at__gt=absence.begins_at,
        starts_at__gt=absence.begins_at - LONGEST_LESSON,
    )
    own = Lesson.objects.filter(at_that_time, teacher=absence.teacher_id)
    of_this = Q(absence=absence) | Q(absent=absence.teacher_id)
    covered = Cover.objects.filter(of_this, enterprise=absence.enterprise_id, undone_at=None)
    # A union of keys: the planner would read all lessons of the time for a condition with OR.
    keys = own.order_by().values("pk").union(covered.order_by().values("lesson"))
    uncancelled = Q(cancelled_at=None) | Q(cancelled_at__gte=absence.created_at)
    rows = Lesson.objects.filter(at_that_time, uncancelled, pk__in=keys, enterprise=absence.enterprise_id)
    return rows.order_by("starts_at", "id")


def lessons_to_cover() -> QuerySet[Lesson]:
    """Return the lessons that need cover, for a subquery of the absences that they belong to."""
    begins, ends = OuterRef("begins_at"), OuterRef("ends_at")
    return Lesson.objects.filter(
        teacher=OuterRef("teacher"),
        starts_at__lt=ends,
        ends_at__gt=begins,
        starts_at__gt=begins - LONGEST_LESSON,
        cancelled_at=None,
        status=Status.WILL,
    ).filter(ends_at__gt=timezone.now())


def absences_to_cover(absences: QuerySet[TeacherAbsence]) -> QuerySet[TeacherAbsence]:
    """Return those of the absences that have lessons without cover."""
    valid = absences.filter(withdrawn_at=None, ends_at__gt=timezone.now())
    return valid.filter(Exists(lessons_to_cover().order_by()))


def current_covers(lessons: Collection[Lesson]) -> dict[int, Cover]:
    """Map the lessons that somebody covers to their cover, with both teachers and who decided."""
    rows = Cover.objects.filter(in_force(), lesson__in=lessons).select_related("absent", "covering", "by")
    return {one.lesson_id: one for one in rows}
