"""Every lesson that runs, should run or soon will, with who is in it: two statements for all of them.

How a recording stands is read by `classes.recordings.states`, as everywhere.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from classes.kinds import Status
from classes.models import Attendance, Lesson, Member, Recording, Stay
from classes.phases import SOON
from classes.recordings.states import NOTHING, State, Told, state_of

#: How far back an exit is still news of this minute.
LATELY = timedelta(seconds=150)
STUDENT = Q(expected=True, role=Member.Role.STUDENT)
INSIDE = Q(first_entered_at__isnull=False, last_left_at=None)


@dataclass(frozen=True, slots=True)
class LessonNow:
    """A lesson as it stands. `missing` are those expected who are not inside, by name; `never` of them
    never were. `inside` counts everybody, `left` are the moments at which students left lately."""

    pk: int
    school: int
    topic: str
    teacher: str
    teacher_pk: int
    status: str
    starts_at: datetime
    ends_at: datetime
    real_started_at: datetime | None
    looked_at: datetime | None
    late_after_s: int
    recording: State
    teacher_since: datetime | None = None
    expected: int = 0
    here: int = 0
    inside: int = 0
    never: int = 0
    missing: list[str] = field(default_factory=list)
    left: list[datetime] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        return self.status == Status.ING

    @property
    def began(self) -> datetime:
        """From when somebody could be expected: the plan, or the real start where that came later."""
        return max(self.starts_at, self.real_started_at or self.starts_at)


def of_now(lessons: QuerySet[Lesson], at: datetime | None = None) -> QuerySet[Lesson]:
    """Those that run, that should, and that begin within the hour."""
    now = at or timezone.now()
    waiting = Q(status=Status.WILL, starts_at__lt=now + SOON, ends_at__gt=now)
    return lessons.filter(Q(status=Status.ING) | waiting, cancelled_at=None)


class Row(NamedTuple):
    """A row of the first statement, as far as recordings ask for it."""

    status: str
    record_types: list[str]
    starts_at: datetime
    ends_at: datetime
    real_started_at: datetime | None
    real_ended_at: datetime | None
    cancelled_at: None = None


def lessons_now(lessons: QuerySet[Lesson]) -> list[LessonNow]:
    """The lessons (of any schools) with who is in them."""
    now = timezone.now()
    rows = list(_rows(of_now(lessons, now)))
    rooms = _rooms([row["pk"] for row in rows if row["status"] == Status.ING])
    return [_lesson(row, rooms.get(row["pk"]), now) for row in rows]


def _rows(lessons: QuerySet[Lesson]) -> QuerySet[Any, Any]:
    there = Stay.objects.filter(lesson=OuterRef("pk"), user_id=OuterRef("teacher__user_id"), left_at=None)
    members = Member.objects.filter(lesson=OuterRef("pk"), role=Member.Role.STUDENT).order_by()
    count = members.values("lesson").annotate(n=Count("pk")).values("n")
    return lessons.order_by("starts_at", "pk").values(
        "pk",
        "topic",
        "status",
        "starts_at",
        "ends_at",
        "real_started_at",
        "real_ended_at",
        "looked_at",
        "record_types",
        "teacher_id",
        school=F("enterprise_id"),
        teacher_name=F("teacher__nickname"),
        late_after_s=F("enterprise__late_after_s"),
        teacher_since=Subquery(there.order_by("-entered_at").values("entered_at")[:1]),
        tracks=Exists(Recording.objects.filter(lesson=OuterRef("pk"), emptied_at=None)),
        **{f"told_{name}": F(f"footage__{name}") for name in Told._fields},
        students=Coalesce(Subquery(count, output_field=IntegerField()), 0),
    )


def _rooms(running: list[int]) -> dict[int, dict[str, Any]]:
    """Counts and names by lesson, from the marks so far: they follow each answer of iclass at once."""
    if not running:
        return {}
    rows = Attendance.objects.filter(lesson__in=running).order_by().values("lesson")
    counted = rows.annotate(
        here=Count("pk", filter=STUDENT & INSIDE),
        inside=Count("pk", filter=INSIDE),
        never=Count("pk", filter=STUDENT & Q(first_entered_at=None)),
        missing=ArrayAgg("nickname", filter=STUDENT & ~INSIDE, default=[]),
        left=ArrayAgg(
            "last_left_at", filter=STUDENT & Q(last_left_at__gte=timezone.now() - LATELY), default=[]
        ),
    )
    # The database would sort all who are expected for the few who are missing.
    return {row["lesson"]: row | {"missing": sorted(row["missing"])} for row in counted}


def _lesson(row: dict[str, Any], room: dict[str, Any] | None, now: datetime) -> LessonNow:
    names = ("here", "inside", "never", "missing", "left")
    return LessonNow(
        pk=row["pk"],
        school=row["school"],
        topic=row["topic"],
        teacher=row["teacher_name"],
        teacher_pk=row["teacher_id"],
        status=row["status"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        real_started_at=row["real_started_at"],
        looked_at=row["looked_at"] if row["status"] == Status.ING else None,
        late_after_s=row["late_after_s"],
        recording=_recording(row, now),
        teacher_since=row["teacher_since"],
        expected=row["students"],
        **({name: room[name] for name in names} if room else {}),
    )


def _recording(row: dict[str, Any], now: datetime) -> State:
    told = Told(*(row[name] for name in TOLD)) if row["told_begin_rank"] is not None else NOTHING
    return state_of(Row(*(row[name] for name in Row._fields[:-1])), told, int(row["tracks"]), now)


TOLD = tuple(f"told_{name}" for name in Told._fields)
