"""The lessons of a stretch of days as the calendar of the page takes them, in few queries for any school."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from classes.queries import lessons_for
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
    "pk",
    "topic",
    "starts_at",
    "ends_at",
    "status",
    "cancelled_at",
    "sync_state",
    "course_id",
    "teacher__user_id",
    "teacher__nickname",
)


class Stretch:
    """Days from `first` until before `end`, in the active zone. ValueError for none, or too many."""

    def __init__(self, first: date, end: date) -> None:
        if not timedelta(0) < end - first <= LONGEST:
            raise ValueError("no stretch of days that a calendar shows")
        self.begins, self.ends = _midnight(first), _midnight(end)

    @classmethod
    def told(cls, first: str, end: str) -> "Stretch":
        """From what an address says; the clock of a moment is left out."""
        return cls(date.fromisoformat(first[:10]), date.fromisoformat(end[:10]))


def lessons_of(reader: Any, stretch: Stretch, layers: Layers) -> tuple[list[dict[str, Any]], bool]:
    """The lessons that the reader may see, in order, and whether there are more than are told."""
    rows = lessons_for(reader).filter(
        starts_at__gte=stretch.begins - DAY, starts_at__lt=stretch.ends, ends_at__gt=stretch.begins
    )
    found = list(layers.narrow(rows).order_by("starts_at", "id").values(*FIELDS)[: MOST + 1])
    told = found[:MOST]
    return list(_events(told, layers, staff=may(reader, "list", "member"))), len(found) > MOST


def _events(rows: list[dict[str, Any]], layers: Layers, *, staff: bool) -> Iterable[dict[str, Any]]:
    hues = layers.hues(rows) if layers.chosen else {}
    for row in rows:
        signs = signs_of(
            cancelled=row["cancelled_at"] is not None,
            status=row["status"],
            sync_state=row["sync_state"],
            staff=staff,
        )
        yield {
            "id": row["pk"],
            "title": row["topic"],
            "start": _wall_clock(row["starts_at"]),
            "end": _wall_clock(row["ends_at"]),
            "teacher": row["teacher__nickname"],
            "hue": hues.get(row["pk"], 0),
            "signs": list(signs),
        }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _wall_clock(at: datetime) -> str:
    """What the clock of the school says: the browser may stand in another zone."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S")
