"""Dates of a course that exists, each as its lesson has it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from classes.choices import Status
from classes.models import Course, Cover, Lesson
from classes.timetable.bulk.changes import changeable_lessons
from classes.timetable.courses.dates import Occurrence
from classes.timetable.courses.recurrence import local_to_utc


def dates_of_lessons(
    dates: Iterable[Occurrence],
    lessons: Iterable[Lesson],
    covers: Mapping[int, Cover],
    *,
    follow: Collection[int],
) -> list[Occurrence]:
    """Return the dates, each at the time of its lesson, and fixed if that cannot be changed date by date.

    The date of a cancelled lesson is left out. The lessons that `follow` the rule, by their keys, have its
    time if they can still change. `covers` are by the key of the lesson.
    """
    # Of two lessons of a day, the one that is not cancelled counts.
    by_day = {one.occurrence: one for one in sorted(lessons, key=lambda one: one.cancelled_at is None)}
    return [
        _date_of_lesson(one, by_day[one.day], covers, by_day[one.day].pk in follow)
        if one.day in by_day and not one.left_out
        else one
        for one in dates
    ]


def adjusted_lessons(course: Course, lessons: Iterable[Lesson]) -> set[int]:
    """Return the lessons, by their keys, that do not have the time that the rule gives to their day."""
    zone, clock = course.enterprise.tz, course.starts_local.time()
    length = timedelta(minutes=course.duration_minutes)
    return {
        one.pk
        for one in lessons
        if one.occurrence
        and (one.starts_at, one.ends_at - one.starts_at)
        != (local_to_utc(datetime.combine(one.occurrence, clock), zone), length)
    }


def fix_days_without_lesson(dates: Iterable[Occurrence], days: Collection[date | None]) -> list[Occurrence]:
    """Return the dates; those that are neither left out nor in `days`, which have a lesson, are fixed."""
    reason = _("has no lesson of its own")
    return [one if one.left_out or one.day in days else one._replace(fixed=reason) for one in dates]


def _date_of_lesson(
    date_: Occurrence, lesson: Lesson, covers: Mapping[int, Cover], follows: bool
) -> Occurrence:
    if lesson.cancelled_at:
        return date_._replace(left_out=_("cancelled"), fixed=_("cancelled"))
    fixed = _why_final(lesson)
    if follows and not fixed:
        actual = date_
    else:
        local = lesson.starts_at.astimezone(lesson.enterprise.tz).replace(tzinfo=None)
        actual = date_._replace(local=local, starts_at=lesson.starts_at, ends_at=lesson.ends_at)
    if not fixed and lesson.pk in covers:
        fixed = _("covered by %(name)s") % {"name": covers[lesson.pk].covering}
    return actual._replace(fixed=fixed or ("" if actual == date_ else _("rescheduled before")))


def _why_final(lesson: Lesson) -> str:
    """Return why a lesson that is not cancelled cannot change any more, or ''."""
    if lesson.made_up:
        return _("made up")
    if lesson.status == Status.ING:
        return _("has begun")
    return "" if changeable_lessons([lesson]) else _("ended")
