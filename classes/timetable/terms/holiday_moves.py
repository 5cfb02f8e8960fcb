"""New days for the lessons of a holiday: the next free days of their courses, or a number of days later."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from classes.models import Course, Holiday, Lesson
from classes.timetable.bulk.changes import PlannedChange, plan_change
from classes.timetable.courses.dates import compute_dates, included_dates
from classes.timetable.courses.recurrence import MAX_LESSONS, expand_rule, with_count


class NewDay(NamedTuple):
    """The day of a moved lesson, and the day of the rule of its course that it stands for, if any."""

    day: date
    occurrence: date | None


def plan_moves_by_days(holiday: Holiday, lessons: Sequence[Lesson], days: int) -> list[PlannedChange]:
    """Return the lessons so many days later.

    Raises ValidationError at `days` if one stays in the holiday, or would be in another or outside its term.
    """
    holidays = _known_holidays(lessons)
    found = []
    for lesson in lessons:
        day = _local(lesson).date() + timedelta(days=days)
        if holiday.covers(day):
            message = _("“%(topic)s” would still be in the holiday. Choose more days.")
            raise ValidationError({"days": message % {"topic": lesson.topic}})
        if other := next((one for one in _holidays_of(lesson.course, holidays) if one.covers(day)), None):
            message = _("“%(topic)s” would be in the holiday “%(name)s”. Choose another number of days.")
            raise ValidationError({"days": message % {"topic": lesson.topic, "name": other.name}})
        if _is_outside_term(lesson.course, day):
            message = _("“%(topic)s” would be outside the term of its course. Choose another number of days.")
            raise ValidationError({"days": message % {"topic": lesson.topic}})
        found.append(_plan_move(lesson, NewDay(day, _included_occurrence(lesson, holidays))))
    return found


def plan_moves_to_free_days(lessons: Sequence[Lesson]) -> list[PlannedChange]:
    """Return each lesson on the next day of its course that is no holiday and has no lesson of it.

    Raises ValidationError at `action` if a course has no such day before its term ends.
    """
    by_course: dict[Course | None, list[Lesson]] = {}
    for lesson in lessons:
        by_course.setdefault(lesson.course, []).append(lesson)
    holidays, all_taken = _known_holidays(lessons), _taken_days(by_course)
    found = []
    for course, moved in by_course.items():
        own_holidays = _holidays_of(course, holidays)
        closed = set(course.skip) if course else set()
        taken = all_taken[course.pk] if course else set()
        rule_days = _rule_days(course, holidays) if course and course.rrule else set()
        own_days = _days_of_rule(course) if course and course.rrule else None
        for lesson in moved:
            days = _weekly_days(lesson) if own_days is None else own_days
            day = _free_day(lesson, days, own_holidays, closed | taken)
            if course:
                taken.add(day)
            new_occurrence = day if day in rule_days else None
            occurrence = _included_occurrence(lesson, holidays) or new_occurrence
            found.append(_plan_move(lesson, NewDay(day, occurrence)))
    return found


def is_on_holiday(lesson: Lesson, holiday: Holiday) -> bool:
    """Return whether the lesson begins on a day of the holiday and observes it."""
    return holiday.covers(_local(lesson).date()) and bool(_holidays_of(lesson.course, [holiday]))


def lessons_of_left_out_days(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Return those that stand for a day that their course leaves out by now."""
    holidays = _known_holidays(lessons)
    return [one for one in lessons if one.occurrence and not _included_occurrence(one, holidays)]


def _included_occurrence(lesson: Lesson, holidays: Sequence[Holiday]) -> date | None:
    """Return the day of the rule that the lesson stands for, or None if its course leaves that day out.

    It is not the day of a lesson that was rescheduled: the course would plan its old day a second time if
    that were lost.
    """
    course, day = lesson.course, lesson.occurrence
    if course is None or day is None or day in course.skip:
        return None
    return None if any(one.covers(day) for one in _holidays_of(course, holidays)) else day


def _plan_move(lesson: Lesson, new: NewDay) -> PlannedChange:
    """Return the lesson on that day at its time of the school's clock, with its length."""
    local = datetime.combine(new.day, _local(lesson).time())
    starts = timezone.make_aware(local, lesson.enterprise.tz)
    ends = starts + (lesson.ends_at - lesson.starts_at)
    if ends <= timezone.now():
        message = _("With this time, “%(topic)s” would already be over. Choose a later time.")
        raise ValidationError({"days": message % {"topic": lesson.topic}})
    return plan_change(lesson, starts_at=starts, ends_at=ends, occurrence=new.occurrence)


def _local(lesson: Lesson) -> datetime:
    return timezone.localtime(lesson.starts_at, lesson.enterprise.tz)


def _known_holidays(lessons: Sequence[Lesson]) -> list[Holiday]:
    """Return all holidays of the school: a few dozen, where a query for each lesson would be hundreds."""
    return list(Holiday.objects.filter(enterprise__in={one.enterprise_id for one in lessons}))


def _holidays_of(course: Course | None, holidays: Sequence[Holiday]) -> list[Holiday]:
    """Return those that the lessons of a course observe, or lessons without a course."""
    return [one for one in holidays if one.holds_in(course.term_id if course else None)]


def _is_outside_term(course: Course | None, day: date) -> bool:
    term = course.term if course else None
    return term is not None and not term.starts_on <= day <= term.ends_on


def _taken_days(courses: Iterable[Course | None]) -> dict[int, set[date]]:
    """Return by course the days that have one of its lessons, or count as its day."""
    zones = {one.pk: one.enterprise.tz for one in courses if one}
    rows = Lesson.objects.filter(course__in=zones, cancelled_at=None)
    found: dict[int, set[date]] = defaultdict(set)
    for course_id, starts_at, occurrence in rows.values_list("course_id", "starts_at", "occurrence"):
        local_day = timezone.localtime(starts_at, zones[course_id]).date()
        found[course_id] |= {local_day, occurrence or local_day}
    return found


def _rule_days(course: Course, holidays: Sequence[Holiday]) -> set[date]:
    """Return the days on which the course has lessons as it is planned now."""
    dates = compute_dates(
        course.enterprise,
        starts_local=course.starts_local,
        duration_minutes=course.duration_minutes,
        rrule=course.rrule,
        skip=course.skip,
        term=course.term,
        make_up_skipped=course.make_up_skipped,
        holidays=holidays,
    )
    return {one.day for one in included_dates(dates)}


def _days_of_rule(course: Course) -> list[date]:
    """Return the days of the rule of a course as if it had no end, holidays included."""
    rule = with_count(course.rrule, MAX_LESSONS)
    return [one.date() for one in expand_rule(course.starts_local, rule, course.enterprise.tz)]


def _weekly_days(lesson: Lesson) -> Iterator[date]:
    """Return the days after that of a lesson without a rule: it keeps its weekday."""
    first = _local(lesson).date()
    return (first + timedelta(weeks=number) for number in range(1, MAX_LESSONS))


def _free_day(lesson: Lesson, days: Iterable[date], holidays: Sequence[Holiday], closed: set[date]) -> date:
    own = _local(lesson).date()
    for day in days:
        if day <= own or day in closed or any(one.covers(day) for one in holidays):
            continue
        if not _is_outside_term(lesson.course, day):
            return day
    message = _("The course of “%(topic)s” has no free day. Move it by a number of days.")
    raise ValidationError({"action": message % {"topic": lesson.topic}})
