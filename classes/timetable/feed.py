"""The lessons of a stretch of days as the calendar of the page takes them, in few queries for any school."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from classes.conflicts.overlaps import overlapping
from classes.models import Holiday, Lesson
from classes.queries import lessons_for
from classes.readiness.points import readiness_of
from classes.timetable.layers import Layers
from classes.timetable.signs import signs_of
from console.policy import may

#: A month with the ends of the weeks that it touches.
LONGEST = timedelta(days=45)
#: So many lessons a page draws; of more, somebody has to choose.
MOST = 5000
#: A lesson lasts a day at most, so one that still runs began no earlier.
DAY = timedelta(days=1)
FIELDS = (
    *("enterprise_id", "topic", "starts_at", "ends_at", "status", "cancelled_at", "remote_id", "sync_state"),
    "conflict_allowed",
    *("course_id", "teacher__user_id", "teacher__nickname", "teacher__remote_id"),
)


class Stretch:
    """Days from `first` until before `end`, in the active zone. ValueError for none, or too many."""

    def __init__(self, first: date, end: date) -> None:
        if not timedelta(0) < end - first <= LONGEST:
            raise ValueError("no stretch of days that a calendar shows")
        self.begins, self.ends = _midnight(first), _midnight(end)

    def holding(self, lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """Those that begin or still run in it."""
        near = lessons.filter(starts_at__gte=self.begins - DAY, starts_at__lt=self.ends)
        return near.filter(ends_at__gt=self.begins)

    @classmethod
    def told(cls, first: str, end: str) -> "Stretch":
        """From what an address says; the clock of a moment is left out."""
        return cls(date.fromisoformat(first[:10]), date.fromisoformat(end[:10]))


def lessons_of(reader: Any, stretch: Stretch, layers: Layers) -> tuple[list[dict[str, Any]], bool]:
    """The lessons that the reader may see, in order, and whether there are more than are told."""
    rows = stretch.holding(lessons_for(reader))
    found = list(layers.narrow(rows).order_by("starts_at", "id").only(*FIELDS)[: MOST + 1])
    told, staff = found[:MOST], may(reader, "list", "member")
    hues = layers.hues(told) if layers.chosen else {}
    ready = readiness_of(reader.enterprise, told) if staff else {}
    twice = overlapping(reader.enterprise_id, told) if staff else set()
    events = [
        _event(
            one,
            hues.get(one.pk, 0),
            ready[one.pk].tone if one.pk in ready else "",
            staff=staff,
            conflict=one.pk in twice,
        )
        for one in told
    ]
    return events, len(found) > MOST


def holidays_of(reader: Any, stretch: Stretch) -> list[dict[str, str]]:
    """The days of those days on which nothing is planned, each with its name."""
    first, end = timezone.localdate(stretch.begins), timezone.localdate(stretch.ends)
    rows = Holiday.objects.filter(enterprise=reader.enterprise_id, starts_on__lt=end, ends_on__gte=first)
    known = rows.select_related("term").order_by("starts_on", "id")
    days = [first + DAY * number for number in range((end - first).days)]
    names = {one.pk: f"{one.name} · {one.term}" if one.term else one.name for one in known}
    return [
        {"day": day.isoformat(), "name": names[one.pk]} for one in known for day in days if one.covers(day)
    ]


def _event(lesson: Lesson, hue: int, ready: str, *, staff: bool, conflict: bool) -> dict[str, Any]:
    signs = signs_of(
        cancelled=lesson.cancelled_at is not None,
        status=lesson.status,
        sync_state=lesson.sync_state,
        staff=staff,
        ready=ready,
        conflict=conflict,
    )
    return {
        "id": lesson.pk,
        "title": lesson.topic,
        "start": _wall_clock(lesson.starts_at),
        "end": _wall_clock(lesson.ends_at),
        "teacher": lesson.teacher.nickname,
        "hue": hue,
        "signs": list(signs),
    }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _wall_clock(at: datetime) -> str:
    """What the clock of the school says: the browser may stand in another zone."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S")
