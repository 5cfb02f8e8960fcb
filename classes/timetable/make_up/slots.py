"""The times at which a make-up lesson could be held, before anybody is asked whether they are free.

The hours of the school are those at which the teacher and the course have lessons. The weekday and the time
of the lesson come first, then the other usual times of the next weeks. Holidays and days after the term are
left out, and so is the time of the lesson itself.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from classes.conflicts.detection import TimeSlot
from classes.models import Holiday, Lesson, Term
from classes.timetable.courses.recurrence import local_to_utc

#: How far ahead times are looked for, and how soon the first one may begin.
WEEKS, LEAD = 4, timedelta(hours=1)
#: How far back the usual times are looked for, and from how many lessons.
USUAL_WEEKS, MAX_USUAL_LESSONS = 8, 500
#: Most times of a day, and most times that are looked at.
MAX_DAY_TIMES, MAX_SLOTS = 6, 160


def candidate_slots(lesson: Lesson, teacher: int) -> tuple[date, list[TimeSlot]]:
    """Return the last day that is looked at, and the times, the weekday and time of the lesson first.

    `teacher` is the key of who gives the make-up.
    """
    zone, length = lesson.enterprise.tz, lesson.ends_at - lesson.starts_at
    first = timezone.localdate(timezone=zone)
    term = _term_of(lesson)
    last = first + timedelta(weeks=WEEKS)
    if term is not None and term.ends_on >= first:
        last = min(last, term.ends_on)
    weekdays, clocks = _usual_times(lesson, teacher)
    holidays = Holiday.objects.filter(
        enterprise=lesson.enterprise_id, ends_on__gte=first, starts_on__lte=last
    )
    observed = [one for one in holidays if one.holds_in(term.pk if term else None)]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    lesson_days = [
        day for day in days if day.weekday() in weekdays and not any(one.covers(day) for one in observed)
    ]
    earliest = timezone.now() + LEAD
    slots = [
        TimeSlot(starts_at, starts_at + length)
        for day in lesson_days
        for clock in clocks
        if (starts_at := local_to_utc(datetime.combine(day, clock), zone)) >= earliest
        and starts_at != lesson.starts_at
    ]
    slots.sort(key=lambda one: (not is_usual(lesson, one), one.starts_at))
    return last, slots[:MAX_SLOTS]


def is_usual(lesson: Lesson, slot: TimeSlot) -> bool:
    """Return whether the time is at the weekday and time of day of the lesson."""
    zone = lesson.enterprise.tz
    planned, proposed = lesson.starts_at.astimezone(zone), slot.starts_at.astimezone(zone)
    return (planned.weekday(), planned.time()) == (proposed.weekday(), proposed.time())


def _term_of(lesson: Lesson) -> Term | None:
    """Return the term of the course, or else the one in which the lesson was planned."""
    if lesson.course is not None and lesson.course.term is not None:
        return lesson.course.term
    day = lesson.starts_at.astimezone(lesson.enterprise.tz).date()
    return Term.objects.filter(enterprise=lesson.enterprise_id, starts_on__lte=day, ends_on__gte=day).first()


def _usual_times(lesson: Lesson, teacher: int) -> tuple[set[int], list[time]]:
    """Return the weekdays and the most frequent times of day of the teacher and the course, in order.

    A time counts as usual from the second lesson on. One at which the lesson would last into the next day is
    none, unless it always did.
    """
    zone, now = lesson.enterprise.tz, timezone.now()
    near = Lesson.objects.filter(
        enterprise=lesson.enterprise_id,
        cancelled_at=None,
        starts_at__gte=now - timedelta(weeks=USUAL_WEEKS),
        starts_at__lt=now + timedelta(weeks=WEEKS),
    ).order_by("-starts_at")
    of_teacher, of_course = near.filter(teacher=teacher), near.filter(course=lesson.course_id)
    moments = of_teacher.values_list("starts_at")[:MAX_USUAL_LESSONS]
    if lesson.course_id:
        moments = moments.union(of_course.values_list("starts_at")[:MAX_USUAL_LESSONS], all=True)
    own, *others = (at.astimezone(zone) for at in (lesson.starts_at, *(at for (at,) in moments)))
    length = lesson.ends_at - lesson.starts_at
    counted = Counter(at.time() for at in others if at.date() == (at + length).date())
    usual = [clock for clock, number in counted.most_common() if number > 1 and clock != own.time()]
    clocks = {own.time(), *usual[: MAX_DAY_TIMES - 1]}
    weekdays = {at.weekday() for at in others if at.time() in clocks}
    return {own.weekday(), *weekdays}, sorted(clocks)
