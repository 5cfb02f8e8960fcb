"""How the recording of a lesson stands: derived from what was told and from the clock, and stored nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.kinds import RecordType, Status
from classes.models import Footage, Lesson, Recording

#: How long after its lesson began a recording may be silent, and how long after its end its tracks may be.
START_WITHIN = timedelta(minutes=5)
READY_WITHIN = timedelta(minutes=60)


@dataclass(frozen=True)
class Kind:
    """`tone` is a colour of static/css/tokens.css."""

    name: str
    word: str | Promise
    icon: str
    tone: str
    next_step: str | Promise = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("planned", _("will be recorded"), "video", "idle"),
        Kind("asked", _("asked for"), "clock", "busy"),
        Kind("started", _("recording"), "player-record", "ok"),
        Kind("stopped", _("being made ready"), "loader", "busy"),
        Kind("ready", _("ready"), "circle-check", "ok"),
        Kind(
            "failed",
            _("failed"),
            "alert-triangle",
            "bad",
            _("iclass could not record it. While the lesson runs, start it again in the classroom."),
        ),
        Kind(
            "missing",
            _("missing"),
            "video-off",
            "bad",
            _("iclass told of none. While the lesson runs, look into the classroom; later, ask the vendor."),
        ),
        Kind(
            "local",
            _("on the teacher's computer"),
            "device-laptop",
            "idle",
            _("The recording stays on the teacher's computer; iclass tells nothing of it."),
        ),
        Kind("none", _("not recorded"), "video-off", "idle"),
        Kind("binned", _("in the bin"), "trash", "idle"),
    )
}
#: The last that was told is a failure. Of these there are few: they have an index.
FAILURE = (~Q(begin_code=0) | ~Q(end_code=0)) & (
    Q(end_rank__gt="") & ~Q(end_code=0) | Q(end_rank="", begin_rank__gt="") & ~Q(begin_code=0)
)
#: States that somebody has to look at.
ALARMS = ("failed", "missing")


@dataclass(frozen=True)
class State:
    """How it stands, since when (None: nobody said), and what iclass said where it failed."""

    kind: Kind
    since: datetime | None = None
    code: int = 0
    message: str = ""
    tracks: int = 0

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def alarm(self) -> bool:
        return self.name in ALARMS


class Told(NamedTuple):
    """What iclass told of a recording, and whether it is in the bin: the columns of a Footage that count."""

    begin_rank: str = ""
    begin_at: datetime | None = None
    begin_code: int = 0
    begin_message: str = ""
    end_rank: str = ""
    end_at: datetime | None = None
    end_code: int = 0
    end_message: str = ""
    binned_at: datetime | None = None


NOTHING = Told()


class Held(Protocol):
    """What counts of a lesson: the row itself, or what stands for it on the wall."""

    status: Any
    record_types: Any
    cancelled_at: Any
    starts_at: Any
    ends_at: Any
    real_started_at: Any
    real_ended_at: Any


def state_of(lesson: Held, footage: Footage | Told | None, tracks: int, now: datetime) -> State:
    """The state of one lesson, from its row, what was told of its class, and how many tracks there are."""
    told = footage or NOTHING
    if told.binned_at:
        return State(KINDS["binned"], told.binned_at, tracks=tracks)
    if tracks:
        return State(KINDS["ready"], told.end_at, told.end_code, told.end_message, tracks)
    if told.end_rank and told.end_code:
        return State(KINDS["failed"], told.end_at, told.end_code, told.end_message)
    if told.end_rank:
        return State(KINDS["missing"], told.end_at)
    if told.begin_rank and told.begin_code:
        return State(KINDS["failed"], told.begin_at, told.begin_code, told.begin_message)
    if RecordType.REMOTE not in lesson.record_types and not told.begin_rank:
        return State(KINDS["local" if lesson.record_types and not lesson.cancelled_at else "none"])
    if lesson.cancelled_at and lesson.status == Status.WILL and not told.begin_rank:
        return State(KINDS["none"])
    return _waited_for(lesson, told, now)


def _waited_for(lesson: Held, told: Footage | Told, now: datetime) -> State:
    """Nothing has come of it yet: how far it is, or should be."""
    if lesson.status == Status.WILL and not told.begin_rank:
        return State(KINDS["planned"])
    if lesson.status == Status.END:
        ended = lesson.real_ended_at or lesson.ends_at
        return State(KINDS["missing" if now - ended > READY_WITHIN else "stopped"], ended)
    if told.begin_rank:
        return State(KINDS["started"], told.begin_at)
    began = lesson.real_started_at or lesson.starts_at
    return State(KINDS["missing" if now - began > START_WITHIN else "asked"], began)


def states_of(lessons: Iterable[Lesson], now: datetime | None = None) -> dict[int, State]:
    """The state of each lesson, by its id: two questions, however many there are."""
    lessons, at = list(lessons), now or timezone.now()
    ids = [lesson.pk for lesson in lessons]
    told = {one.lesson_id: one for one in Footage.objects.filter(lesson__in=ids)}
    counts = dict(
        Recording.objects.filter(lesson__in=ids, emptied_at=None)
        .order_by()
        .values_list("lesson")
        .annotate(n=Count("pk"))
    )
    return {one.pk: state_of(one, told.get(one.pk), counts.get(one.pk, 0), at) for one in lessons}


def with_told(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Lessons with what `in_state` asks of them, as names that cost nothing where they are not asked."""

    def footage(*conditions: Q, **where: Any) -> Exists:
        return Exists(Footage.objects.filter(*conditions, lesson=OuterRef("pk"), **where))

    return lessons.alias(
        has_tracks=Exists(Recording.objects.filter(lesson=OuterRef("pk"), emptied_at=None)),
        told_begin=footage(begin_rank__gt=""),
        told_end=footage(end_rank__gt=""),
        good_begin=footage(begin_rank__gt="", begin_code=0),
        good_end=footage(end_rank__gt="", end_code=0),
        in_bin=footage(binned_at__isnull=False),
        told_failure=footage(FAILURE),
        over_at=Coalesce("real_ended_at", "ends_at"),
        under_way_at=Coalesce("real_started_at", "starts_at"),
    )


def in_state(name: str, now: datetime) -> Q:
    """The same as a condition on lessons of `with_told`."""
    begun, over, running = Q(told_begin=True), Q(status=Status.END), Q(status=Status.ING)
    silent = Q(in_bin=False, has_tracks=False, told_end=False)
    broken = begun & Q(good_begin=False)
    wanted = begun | Q(record_types__contains=["remote"]) & ~Q(cancelled_at__isnull=False, status=Status.WILL)
    waited = silent & ~broken & wanted
    late, quiet = Q(over_at__lt=now - READY_WITHIN), Q(under_way_at__lt=now - START_WITHIN)
    empty = Q(in_bin=False, has_tracks=False, told_end=True)
    return {
        "binned": Q(in_bin=True),
        "ready": Q(in_bin=False, has_tracks=True),
        "failed": Q(in_bin=False, has_tracks=False, told_failure=True),
        "missing": empty & Q(good_end=True) | waited & (over & late | running & ~begun & quiet),
        "stopped": waited & over & ~late,
        "started": waited & begun & ~over,
        "asked": waited & running & ~begun & ~quiet,
    }[name]
