"""Usage: minutes in classrooms, most people at once, recorded minutes, and what the licence includes."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DateTimeField, F, Q, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Enterprise
from classes.attendance.reports.forms import ReportForm, final_lessons_of
from classes.attendance.reports.sheet import ReportSheet
from classes.models import MarkCount, Recording
from console.policy import scoped
from console.sheets.columns import Column, ColumnType

#: Days whose use tells how fast the included minutes are used up.
PACE_DAYS = 28
#: Further ahead nothing is forecast.
MOST_DAYS_AHEAD = 3650
NOTE = gettext_lazy(
    "Participant minutes: the time that everybody was in the classroom, staff and guests included. Most "
    "people at once: whoever came to a lesson counts from its start to its end. Recorded minutes: all tracks "
    "that iclass has reported. Only lessons with final marks count. The minutes of each lesson are rounded, "
    "so that weeks, courses and totals add up."
)

Events = Iterable[tuple[Hashable, datetime | None, datetime | None, int]]


class LicenceUse(NamedTuple):
    """Participant minutes used since the day `since`, of those that the licence includes.

    `runs_out_on` is the day on which they are used up at the pace of the last PACE_DAYS days; None if nothing
    was used in them, or if that day is very far away. `ends_on` is the last day of the licence, if known.
    """

    used: int
    included: int
    since: date
    runs_out_on: date | None
    ends_on: date | None

    @property
    def share(self) -> float:
        return self.used / self.included

    @property
    def left(self) -> int:
        return max(self.included - self.used, 0)

    @property
    def is_enough(self) -> bool:
        """Whether the minutes last until the licence ends."""
        return self.runs_out_on is None or (self.ends_on is not None and self.runs_out_on > self.ends_on)

    @property
    def tone(self) -> str:
        return "bad" if not self.left else "ok" if self.is_enough else "warn"


def usage_report(reader: Any, form: ReportForm) -> ReportSheet:
    """Return a row per week, the newest first, or a row per course, the most used first."""
    by_course = form.cleaned_data.get("split") == "course"
    conditions = final_lessons_of(form.period)
    # Minutes are used up even in a lesson that another one makes up for.
    conditions.pop("lesson__made_up")
    counts = scoped(MarkCount.objects.all(), reader, "tally", "list").filter(**conditions)
    key = F("lesson__course") if by_course else _week_of("lesson__starts_at")
    sums = counts.annotate(key=key).values("key").annotate(
        course=F("lesson__course__title") if by_course else F("key"),
        lessons=Count("pk"),
        minutes=Sum(whole_minutes("present_seconds")),
    )  # fmt: skip
    rooms = counts.annotate(key=key).values_list(
        "key", "lesson__real_started_at", "lesson__real_ended_at", "people"
    )
    peaks, taught = most_at_once(rooms), _minutes_taught(rooms)
    tracks = scoped(Recording.objects.all(), reader, "recording", "list").filter(**conditions)
    by_key = tracks.annotate(key=key).order_by().values_list("key")
    recorded = dict(by_key.annotate(minutes=Sum(whole_minutes("seconds"))))
    ordered = sums.order_by("-minutes", "key") if by_course else sums.order_by("-key")
    rows = [
        {
            "name": (row["course"] or _("No course")) if by_course else row["key"].date(),
            "lessons": row["lessons"],
            "taught": taught[row["key"]],
            "minutes": row["minutes"],
            "people": peaks.get(row["key"], 0),
            "recorded": recorded.get(row["key"]) or 0,
        }
        for row in ordered
    ]
    return ReportSheet(_columns(by_course), rows, NOTE, total=_total(rows, most_at_once_in_all(rooms)))


def whole_minutes(seconds: str) -> Combinable:
    """Return the minutes of one lesson or track, of a column of seconds, rounded half up.

    What is rounded before it is summed adds up, however the lessons are divided among rows.
    """
    return (F(seconds) + 30) / 60


def _minutes_taught(rooms: Events) -> Counter[Hashable]:
    """Return the minutes taught by key, each lesson rounded as by `whole_minutes`."""
    found: Counter[Hashable] = Counter()
    for key, start, end, _people in rooms:
        if start and end:
            found[key] += int((end - start).total_seconds() + 30) // 60
    return found


def most_at_once(rooms: Events) -> dict[Hashable, int]:
    """Return for each key how many people were in its lessons at once, at most.

    `rooms` are key, start, end and people of lessons. A lesson that begins as another ends is not beside it.
    """
    events: dict[Hashable, list[tuple[datetime, int]]] = defaultdict(list)
    for key, start, end, people in rooms:
        if start and end and start < end:
            events[key] += [(start, people), (end, -people)]
    return {key: _highest(changes) for key, changes in events.items()}


def most_at_once_in_all(rooms: Events) -> int:
    """Return how many people were in all of the lessons at once, at most."""
    return most_at_once((0, start, end, people) for _key, start, end, people in rooms).get(0, 0)


def licence_use(reader: Any) -> LicenceUse | None:
    """Return the use of the included minutes of the reader's school, or None if it says none."""
    school: Enterprise | None = reader.enterprise
    if school is None or not school.included_minutes or not school.minutes_since:
        return None
    today, since = timezone.localdate(), school.minutes_since
    paced = max(since, today - timedelta(days=PACE_DAYS))
    used, recent = _minutes_since(reader, since, paced)
    pace = recent / max((today - paced).days, 1)
    days_left = (school.included_minutes - used) / pace if pace else MOST_DAYS_AHEAD
    runs_out_on = None if days_left >= MOST_DAYS_AHEAD else today + timedelta(days=max(int(days_left), 0))
    ends_at = school.licence_ends_at
    ends_on = timezone.localdate(ends_at) if ends_at else None
    return LicenceUse(used, school.included_minutes, since, runs_out_on, ends_on)


def _minutes_since(reader: Any, first: date, later: date) -> tuple[int, int]:
    """Return the participant minutes of the final lessons from the first and from the later day on."""
    begins, recent = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, later))
    counts = scoped(MarkCount.objects.all(), reader, "tally", "list").filter(
        lesson__starts_at__gte=begins, lesson__final_at__isnull=False, lesson__cancelled_at=None
    )
    sums = counts.aggregate(
        used=Sum(whole_minutes("present_seconds")),
        recent=Sum(whole_minutes("present_seconds"), filter=Q(lesson__starts_at__gte=recent)),
    )
    return sums["used"] or 0, sums["recent"] or 0


def _highest(changes: list[tuple[datetime, int]]) -> int:
    now = highest = 0
    # At one moment those who leave come before those who enter.
    for _moment, change in sorted(changes):
        now += change
        highest = max(highest, now)
    return highest


def _columns(by_course: bool) -> tuple[Column, ...]:
    week = Column("name", _("Week of"), ColumnType.DATE, 14)
    return (
        Column("name", _("Course"), width=30) if by_course else week,
        Column("lessons", _("Lessons"), ColumnType.NUMBER, 10),
        Column("taught", _("Minutes taught"), ColumnType.NUMBER, 14),
        Column("minutes", _("Participant minutes"), ColumnType.NUMBER, 16),
        Column("people", _("Most people at once"), ColumnType.NUMBER, 16),
        Column("recorded", _("Recorded minutes"), ColumnType.NUMBER, 16),
    )


def _total(rows: list[dict[str, Any]], people: int) -> dict[str, Any]:
    if not rows:
        return {}
    summed = ("lessons", "taught", "minutes", "recorded")
    return {name: sum(row[name] for row in rows) for name in summed} | {"people": people}


def _week_of(name: str) -> Combinable:
    zone = timezone.get_current_timezone()
    return TruncWeek(name, tzinfo=zone, output_field=DateTimeField())
