"""Initial values of a new lesson from the query string of the timetable: day, times, teacher and group."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_time

from accounts.models import Enterprise
from accounts.people.queries import unarchived_groups
from classes.lessons.forms.lesson import DEFAULT_DURATION
from classes.lessons.groups import students_in_groups
from console.inputs.bounds import parse_date, parse_id

#: Where the query string names a day without a time.
FIRST_LESSON = time(9)
#: Where a lesson that begins late ends if no end is named: the calendar draws it on one day.
LAST_MINUTE = time(23, 59)


def initial_from_query(params: QueryDict, school: Enterprise) -> dict[str, Any]:
    """Return initial values for `?day=2026-11-24&start=10:00&end=11:30&teacher=bob&group=7`.

    What is missing or cannot be read keeps the form's own value, and so does a group that the school does not
    have; whether a teacher exists is left to the form, which ignores unknown ones.
    """
    initial: dict[str, Any] = {}
    if params.get("teacher"):
        initial["teacher"] = params["teacher"]
    return initial | _group(params, school) | _times(params)


def _group(params: QueryDict, school: Enterprise) -> dict[str, Any]:
    """Return the group with its students: the form unticks a group without a ticked student."""
    group_id = params.get("group", "")
    known = unarchived_groups(school.groups.filter(pk=group_id)) if parse_id(group_id) else ()
    if not known:
        return {}
    students = students_in_groups(known).values_list("user_id", flat=True)
    return {"groups": [str(one.pk) for one in known], "students": list(students)}


def _times(params: QueryDict) -> dict[str, Any]:
    try:
        day = parse_date(params.get("day", ""))
        start = _parse_clock(params.get("start", ""))
        end = _parse_clock(params.get("end", ""))
    except ValueError:
        return {}
    if start is None and day == timezone.localdate():
        return _later_today(day)
    starts = datetime.combine(day, start or FIRST_LESSON)
    ends = datetime.combine(day, end) if end else _default_end(starts)
    if ends <= starts:
        ends += timedelta(days=1)
    times = {"day": day, "start": starts.time(), "end": ends.time()}
    return times | ({"end_day": ends.date()} if ends.date() != day else {})


def _later_today(today: date) -> dict[str, Any]:
    """Return the next full hour of today, or the next quarter; the form's own day if today is over."""
    now = timezone.localtime().replace(tzinfo=None, second=0, microsecond=0)
    hour = now.replace(minute=0) + timedelta(hours=1)
    quarter = now + timedelta(minutes=15 - now.minute % 15)
    starts = next((one for one in (hour, quarter) if one.date() == today), None)
    if starts is None:
        return {}
    return {"day": today, "start": starts.time(), "end": _default_end(starts).time()}


def _default_end(starts: datetime) -> datetime:
    """Return the end after the default duration, on the same day where the start leaves room for it."""
    last = datetime.combine(starts, LAST_MINUTE)
    return min(starts + DEFAULT_DURATION, last) if starts < last else starts + DEFAULT_DURATION


def _parse_clock(text: str) -> time | None:
    """Return the time, None for an empty text; ValueError for what is no time."""
    if not text:
        return None
    clock = parse_time(text)
    if clock is None or clock.tzinfo:
        raise ValueError(text)
    return clock.replace(second=0, microsecond=0)
