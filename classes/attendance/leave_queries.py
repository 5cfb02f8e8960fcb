"""Reads of leave: requests to answer, who is on leave in a lesson, and the days of a month."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.lessons.queries import lessons_for, upcoming_filter
from classes.models import Leave, Lesson, Member
from console.policy import scoped
from console.ui.badges import Badge

#: How lists show the state of leave.
STATE_BADGES = {
    Leave.State.REQUESTED: Badge(Leave.State.REQUESTED.label, "hourglass", "warn", ""),
    Leave.State.APPROVED: Badge(Leave.State.APPROVED.label, "circle-check", "ok", ""),
    Leave.State.RETURNED: Badge(Leave.State.RETURNED.label, "arrow-back-up", "bad", ""),
    Leave.State.WITHDRAWN: Badge(Leave.State.WITHDRAWN.label, "circle-minus", "idle", ""),
}
REVOKED_BADGE = Badge(_("revoked"), "circle-minus", "idle", "")
#: How a lesson shows people whose leave covers it.
ON_LEAVE_BADGES = {
    Leave.State.REQUESTED: Badge(_("leave requested"), "calendar-question", "warn", ""),
    Leave.State.APPROVED: Badge(_("on leave"), "calendar-pause", "idle", ""),
}
#: Most names that the calendar shows of a day.
MAX_DAY_ROWS = 12
#: Most lessons that a student can choose from, and that the page of a leave lists.
MAX_LESSONS = 30


@dataclass
class LeaveDay:
    """A day of the calendar; `hidden` is the number of leaves that are not in `leaves`."""

    day: date
    in_month: bool
    is_today: bool
    leaves: list[Leave] = field(default_factory=list)
    hidden: int = 0


def state_badge(leave: Leave) -> Badge:
    """Return how lists and the page of a leave show its state."""
    return REVOKED_BADGE if leave.is_revoked else STATE_BADGES[Leave.State(leave.state)]


def requests_to_answer(reader: Any) -> QuerySet[Leave]:
    """Return the open requests that the reader may approve or return."""
    requested = Leave.objects.filter(state=Leave.State.REQUESTED).exclude(person=reader.pk)
    return scoped(requested, reader, "leave", "answer")


def on_leave_badges(lesson: Lesson) -> dict[str, Badge]:
    """Map user ids of a lesson's members to the badge of leave, approved or requested, that covers it."""
    rows = Leave.objects.filter(
        person__memberships__lesson=lesson,
        state__in=ON_LEAVE_BADGES,
        begins_at__lt=lesson.ends_at,
        ends_at__gt=lesson.starts_at,
    ).values_list("person__user_id", "state")
    # Approved leave comes last and replaces a request.
    return {user_id: ON_LEAVE_BADGES[Leave.State(state)] for user_id, state in rows.order_by("-state")}


def lessons_to_choose(student: Any) -> list[Lesson]:
    """Return the next lessons of a student, for which they may ask for leave."""
    memberships = Member.objects.filter(user=student).values("lesson")
    return list(
        lessons_for(student)
        .filter(upcoming_filter(), pk__in=memberships, cancelled_at=None)
        .order_by("starts_at", "pk")[:MAX_LESSONS]
    )


def lessons_during(leave: Leave, reader: Any) -> tuple[list[Lesson], int]:
    """Return the first lessons of the student that the leave covers, as far as the reader may see them.

    The number is that of the lessons that are not in the list.
    """
    memberships = Member.objects.filter(user=leave.person_id).values("lesson")
    covered = lessons_for(reader).filter(
        pk__in=memberships, cancelled_at=None, starts_at__lt=leave.ends_at, ends_at__gt=leave.begins_at
    )
    shown = list(covered.order_by("starts_at", "pk")[:MAX_LESSONS])
    return shown, covered.count() - MAX_LESSONS if len(shown) == MAX_LESSONS else 0


def leave_month(reader: Any, month: date) -> list[LeaveDay]:
    """Return the days of a month, extended to whole weeks, with approved and requested leave.

    `month` is any of its days; days are those of the active time zone.
    """
    today = timezone.localdate()
    days = {
        day: LeaveDay(day, day.month == month.month, day == today)
        for day in calendar.Calendar().itermonthdates(month.year, month.month)
    }
    first, last = min(days), max(days)
    rows = scoped(Leave.objects.all(), reader, "leave", "list").filter(
        state__in=ON_LEAVE_BADGES,
        begins_at__lt=_midnight(last + timedelta(days=1)),
        ends_at__gt=_midnight(first),
    )
    # Every leave is counted, but only those that are shown are read with their person.
    shown: dict[date, list[int]] = {day: [] for day in days}
    times = rows.order_by("begins_at", "id").values_list("pk", "begins_at", "ends_at")
    for pk, begins_at, ends_at in times.iterator():
        for day in _days_of(begins_at, ends_at, first, last):
            if len(shown[day]) < MAX_DAY_ROWS:
                shown[day].append(pk)
            else:
                days[day].hidden += 1
    keys = {pk for of_day in shown.values() for pk in of_day}
    leaves = Leave.objects.select_related("person").in_bulk(keys)
    for day, of_day in shown.items():
        days[day].leaves = [leaves[pk] for pk in of_day if pk in leaves]
    return list(days.values())


def _days_of(begins_at: datetime, ends_at: datetime, first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last` on which leave holds; it ends before its end."""
    day = max(timezone.localdate(begins_at), first)
    end = min(timezone.localdate(ends_at - timedelta(microseconds=1)), last)
    while day <= end:
        yield day
        day += timedelta(days=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
