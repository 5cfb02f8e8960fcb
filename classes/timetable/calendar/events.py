"""Lessons of a range of days as calendar events, in few queries for any school."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from classes.conflicts.absences import without_teacher
from classes.conflicts.overlaps import find_current_conflicts
from classes.lessons.links import entry_link
from classes.lessons.queries import lessons_for
from classes.models import Holiday, Lesson
from classes.readiness.checks import compute_readiness
from classes.timetable.calendar.badges import badge_names
from classes.timetable.calendar.colours import Colour, legend_of, lesson_colours
from classes.timetable.calendar.lanes import lesson_lanes
from classes.timetable.calendar.layers import Layers
from console.inputs.bounds import parse_date
from console.policy import may

#: A month, extended to whole weeks.
MAX_LENGTH = timedelta(days=45)
#: Lessons per page; beyond that, the reader has to choose layers.
MAX_LESSONS = 5000
#: A lesson lasts a day at most, so one that still runs began within this time.
DAY = timedelta(days=1)
NO_COLOUR = Colour(0, "", "")
FIELDS = (
    *("enterprise_id", "topic", "starts_at", "ends_at", "status", "cancelled_at", "remote_id", "sync_state"),
    *("conflict_allowed", "made_up"),
    *("teacher_url", "student_url"),
    *("course_id", "teacher__user_id", "teacher__nickname", "teacher__remote_id"),
)


class CalendarRange:
    """Days from `first` until before `end`, in the active zone. Raises ValueError for none, or too many."""

    def __init__(self, first: date, end: date) -> None:
        if not timedelta(0) < end - first <= MAX_LENGTH:
            raise ValueError("not a range of days that a calendar shows")
        self.start, self.end = _midnight(first), _midnight(end)
        self.is_day = end - first == DAY

    def filter_lessons(self, lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """Filter for lessons that begin in the range or still run in it."""
        candidates = lessons.filter(starts_at__gte=self.start - DAY, starts_at__lt=self.end)
        return candidates.filter(ends_at__gt=self.start)

    @classmethod
    def parse(cls, first: str, end: str) -> "CalendarRange":
        """Parse the query string's days; the time of a datetime is ignored."""
        return cls(parse_date(first[:10]), parse_date(end[:10]))


class CalendarLessons(NamedTuple):
    """The lessons in order, the legend of their colours, whether the list is truncated, and its lanes."""

    events: list[dict[str, Any]]
    legend: list[dict[str, Any]]
    truncated: bool
    lanes: list[dict[str, str]]


def calendar_lessons(
    reader: Any, shown_range: CalendarRange, layers: Layers, colour_by: str, lanes_by: str = ""
) -> CalendarLessons:
    """Return the lessons that the reader may see, coloured by `colour_by` (a ColourBy, or '').

    Those of a single day are in the lanes of `lanes_by` (a LanesBy), unless it is empty.
    """
    rows = layers.narrow(shown_range.filter_lessons(lessons_for(reader)))
    marked: QuerySet[Any] = rows.annotate(is_without_teacher=without_teacher())
    found = list(marked.order_by("starts_at", "id").only(*FIELDS)[: MAX_LESSONS + 1])
    shown, staff = found[:MAX_LESSONS], may(reader, "list", "member")
    colours = lesson_colours(reader, colour_by, shown, layers)
    absent = {one.pk for one in shown if one.is_without_teacher}
    ready = compute_readiness(reader.enterprise, shown, absent) if staff else {}
    conflicting = find_current_conflicts(reader.enterprise_id, shown) if staff else set()
    events = [
        _event(
            one,
            colours.get(one.pk, NO_COLOUR),
            ready[one.pk].tone if one.pk in ready else "",
            staff=staff,
            conflict=one.pk in conflicting,
            absent=one.pk in absent,
        )
        | {
            "enter": bool(entry_link(one, reader)),
            "movable": not one.locked and may(reader, "change", "lesson", one),
        }
        for one in shown
    ]
    lanes: list[dict[str, str]] = []
    if lanes_by and shown_range.is_day:
        lanes, of_lesson = lesson_lanes(reader, lanes_by, shown)
        events = [one | {"lanes": of_lesson[one["id"]]} for one in events]
    return CalendarLessons(events, legend_of(colours.values()), len(found) > MAX_LESSONS, lanes)


def calendar_holidays(reader: Any, shown_range: CalendarRange) -> list[dict[str, str]]:
    """Return the holidays in the range, day by day, each with its name."""
    first, end = timezone.localdate(shown_range.start), timezone.localdate(shown_range.end)
    rows = Holiday.objects.filter(enterprise=reader.enterprise_id, starts_on__lt=end, ends_on__gte=first)
    holidays = rows.select_related("term").order_by("starts_on", "id")
    days = [first + DAY * number for number in range((end - first).days)]
    names = {one.pk: f"{one.name} · {one.term}" if one.term else one.name for one in holidays}
    return [
        {"day": day.isoformat(), "name": names[one.pk]} for one in holidays for day in days if one.covers(day)
    ]


def _event(
    lesson: Lesson, colour: Colour, ready: str, *, staff: bool, conflict: bool, absent: bool
) -> dict[str, Any]:
    badges = badge_names(
        cancelled=lesson.cancelled_at is not None,
        sync_state=lesson.sync_state,
        at_iclass=bool(lesson.remote_id),
        staff=staff,
        ready=ready,
        conflict=conflict,
        absent=absent,
    )
    return {
        "id": lesson.pk,
        "title": lesson.topic,
        "start": _wall_clock(lesson.starts_at),
        "end": _wall_clock(lesson.ends_at),
        "teacher": lesson.teacher.nickname,
        "hue": colour.hue,
        "mark": colour.mark,
        "subject": colour.name,
        "signs": list(badges),
    }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _wall_clock(at: datetime) -> str:
    """Return the local time of the school, because the browser may be in another zone."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S")
