"""Load every lesson that runs, should run or soon will, with who is in it: two queries for all.

Recording states come from `classes.recordings.states`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from classes.choices import Status
from classes.lessons.status import SOON_WINDOW
from classes.models import Attendance, Lesson, Member, Recording, Stay
from classes.recordings.states import NO_OUTCOME, RecordingState, ReportedOutcome, recording_state

#: How far back exits are loaded to find mass drops.
RECENT_EXITS = timedelta(seconds=150)
IS_STUDENT = Q(expected=True, role=Member.Role.STUDENT)
IS_INSIDE = Q(first_entered_at__isnull=False, last_left_at=None)


@dataclass(frozen=True, slots=True)
class LiveLesson:
    """The current state of a lesson.

    `missing` are names of expected students who are not in the room; `never` counts those who never were.
    `inside` counts everybody in the room; `left` are times of recent exits of students.
    """

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
    recording: RecordingState
    teacher_since: datetime | None = None
    expected: int = 0
    here: int = 0
    inside: int = 0
    never: int = 0
    missing: list[str] = field(default_factory=list)
    left: list[datetime] = field(default_factory=list)

    #: A current lesson is not cancelled; its phase asks for it.
    cancelled_at = None

    @property
    def runs(self) -> bool:
        return self.status == Status.ING

    @property
    def began(self) -> datetime:
        """When people are expected: the planned start, or the real start if that is later."""
        return max(self.starts_at, self.real_started_at or self.starts_at)


def filter_current(lessons: QuerySet[Lesson], at: datetime | None = None) -> QuerySet[Lesson]:
    """Filter for lessons that run, that should run, and that begin within the hour."""
    now = at or timezone.now()
    waiting = Q(status=Status.WILL, starts_at__lt=now + SOON_WINDOW, ends_at__gt=now)
    return lessons.filter(Q(status=Status.ING) | waiting, cancelled_at=None)


class RecordingInput(NamedTuple):
    """The columns of the first query that recording states need."""

    status: str
    record_types: list[str]
    starts_at: datetime
    ends_at: datetime
    real_started_at: datetime | None
    real_ended_at: datetime | None
    cancelled_at: None = None


def load_live_lessons(lessons: QuerySet[Lesson], at: datetime | None = None) -> list[LiveLesson]:
    """Return the current lessons (of any schools) with who is in them."""
    now = at or timezone.now()
    rows = list(_rows(filter_current(lessons, now)))
    rooms = _rooms([row["pk"] for row in rows if row["status"] == Status.ING])
    return [_live_lesson(row, rooms.get(row["pk"]), now) for row in rows]


def _rows(lessons: QuerySet[Lesson]) -> QuerySet[Any, Any]:
    teacher_stays = Stay.objects.filter(
        lesson=OuterRef("pk"), user_id=OuterRef("teacher__user_id"), left_at=None
    )
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
        teacher_since=Subquery(teacher_stays.order_by("-entered_at").values("entered_at")[:1]),
        tracks=Exists(Recording.objects.filter(lesson=OuterRef("pk"), emptied_at=None)),
        **{f"told_{name}": F(f"footage__{name}") for name in ReportedOutcome._fields},
        students=Coalesce(Subquery(count, output_field=IntegerField()), 0),
    )


def _rooms(running: list[int]) -> dict[int, dict[str, Any]]:
    """Return counts and names by lesson, from the marks so far, which follow each poll at once."""
    if not running:
        return {}
    rows = Attendance.objects.filter(lesson__in=running).order_by().values("lesson")
    counted = rows.annotate(
        here=Count("pk", filter=IS_STUDENT & IS_INSIDE),
        inside=Count("pk", filter=IS_INSIDE),
        never=Count("pk", filter=IS_STUDENT & Q(first_entered_at=None)),
        missing=ArrayAgg("nickname", filter=IS_STUDENT & ~IS_INSIDE, default=[]),
        left=ArrayAgg(
            "last_left_at", filter=IS_STUDENT & Q(last_left_at__gte=timezone.now() - RECENT_EXITS), default=[]
        ),
    )
    # Sorted here: the database would sort all expected people to order the few missing ones.
    return {row["lesson"]: row | {"missing": sorted(row["missing"])} for row in counted}


def _live_lesson(row: dict[str, Any], room: dict[str, Any] | None, now: datetime) -> LiveLesson:
    names = ("here", "inside", "never", "missing", "left")
    return LiveLesson(
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


def _recording(row: dict[str, Any], now: datetime) -> RecordingState:
    outcome = (
        ReportedOutcome(*(row[name] for name in OUTCOME_COLUMNS))
        if row["told_begin_rank"] is not None
        else NO_OUTCOME
    )
    return recording_state(
        RecordingInput(*(row[name] for name in RecordingInput._fields[:-1])), outcome, int(row["tracks"]), now
    )


OUTCOME_COLUMNS = tuple(f"told_{name}" for name in ReportedOutcome._fields)
