"""State of the recording of a lesson, derived from callbacks and the clock and never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.choices import RecordType, Status
from classes.models import Lesson, LessonRecording, Recording

#: How long after the start of a lesson its recording, and after the end its tracks, may be unreported.
START_WITHIN = timedelta(minutes=5)
READY_WITHIN = timedelta(minutes=60)


@dataclass(frozen=True)
class RecordingStateType:
    """A state with label and icon; `tone` is a colour of static/css/tokens.css."""

    name: str
    word: str | Promise
    icon: str
    tone: str
    next_step: str | Promise = ""


RECORDING_STATES = {
    kind.name: kind
    for kind in (
        RecordingStateType("planned", _("will be recorded"), "video", "idle"),
        RecordingStateType("asked", _("recording requested"), "clock", "busy"),
        RecordingStateType("started", _("recording"), "player-record", "ok"),
        RecordingStateType("stopped", _("processing"), "loader", "busy"),
        RecordingStateType("ready", _("ready"), "circle-check", "ok"),
        RecordingStateType(
            "failed",
            _("failed"),
            "alert-triangle",
            "bad",
            _(
                "iclass failed to record the lesson. While the lesson is running, start the "
                "recording again in the classroom."
            ),
        ),
        RecordingStateType(
            "missing",
            _("missing"),
            "video-off",
            "bad",
            _(
                "iclass reported no recording. While the lesson is running, check the "
                "classroom; afterwards, contact iclass."
            ),
        ),
        RecordingStateType(
            "local",
            _("on the teacher's computer"),
            "device-laptop",
            "idle",
            _("The recording is stored on the teacher's computer and is not available in the console."),
        ),
        RecordingStateType("none", _("not recorded"), "video-off", "idle"),
        RecordingStateType("binned", _("in the recycle bin"), "trash", "idle"),
    )
}
#: The last reported outcome is a failure. These are few, so they have a partial index.
FAILURE_FILTER = (~Q(begin_code=0) | ~Q(end_code=0)) & (
    Q(end_rank__gt="") & ~Q(end_code=0) | Q(end_rank="", begin_rank__gt="") & ~Q(begin_code=0)
)
#: States that need attention.
ALARM_STATES = ("failed", "missing")


@dataclass(frozen=True)
class RecordingState:
    """A state, its start (None if unknown), and the error of iclass if it failed."""

    kind: RecordingStateType
    since: datetime | None = None
    code: int = 0
    message: str = ""
    tracks: int = 0

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def alarm(self) -> bool:
        return self.name in ALARM_STATES


class ReportedOutcome(NamedTuple):
    """The columns of a LessonRecording that determine the state: reported outcome and bin."""

    begin_rank: str = ""
    begin_at: datetime | None = None
    begin_code: int = 0
    begin_message: str = ""
    end_rank: str = ""
    end_at: datetime | None = None
    end_code: int = 0
    end_message: str = ""
    binned_at: datetime | None = None


NO_OUTCOME = ReportedOutcome()


class RecordableLesson(Protocol):
    """The fields of a lesson that determine the state: the model or a tile of the wall."""

    @property
    def status(self) -> Any: ...

    @property
    def record_types(self) -> Any: ...

    @property
    def cancelled_at(self) -> Any: ...

    @property
    def starts_at(self) -> Any: ...

    @property
    def ends_at(self) -> Any: ...

    @property
    def real_started_at(self) -> Any: ...

    @property
    def real_ended_at(self) -> Any: ...


def recording_state(
    lesson: RecordableLesson, footage: LessonRecording | ReportedOutcome | None, tracks: int, now: datetime
) -> RecordingState:
    """Return the state of a lesson from its row, the reported outcome and the number of tracks."""
    outcome = footage or NO_OUTCOME
    if outcome.binned_at:
        return RecordingState(RECORDING_STATES["binned"], outcome.binned_at, tracks=tracks)
    if tracks:
        return RecordingState(
            RECORDING_STATES["ready"], outcome.end_at, outcome.end_code, outcome.end_message, tracks
        )
    if outcome.end_rank and outcome.end_code:
        return RecordingState(
            RECORDING_STATES["failed"], outcome.end_at, outcome.end_code, outcome.end_message
        )
    if outcome.end_rank:
        return RecordingState(RECORDING_STATES["missing"], outcome.end_at)
    if outcome.begin_rank and outcome.begin_code:
        return RecordingState(
            RECORDING_STATES["failed"], outcome.begin_at, outcome.begin_code, outcome.begin_message
        )
    if RecordType.REMOTE not in lesson.record_types and not outcome.begin_rank:
        return RecordingState(
            RECORDING_STATES["local" if lesson.record_types and not lesson.cancelled_at else "none"]
        )
    if lesson.cancelled_at and lesson.status == Status.WILL and not outcome.begin_rank:
        return RecordingState(RECORDING_STATES["none"])
    return _pending_state(lesson, outcome, now)


def _pending_state(
    lesson: RecordableLesson, outcome: LessonRecording | ReportedOutcome, now: datetime
) -> RecordingState:
    """Return the state without tracks or outcome: the actual or overdue progress."""
    if lesson.status == Status.WILL and not outcome.begin_rank:
        return RecordingState(RECORDING_STATES["planned"])
    if lesson.status == Status.END:
        ended = lesson.real_ended_at or lesson.ends_at
        return RecordingState(RECORDING_STATES["missing" if now - ended > READY_WITHIN else "stopped"], ended)
    if outcome.begin_rank:
        return RecordingState(RECORDING_STATES["started"], outcome.begin_at)
    began = lesson.real_started_at or lesson.starts_at
    return RecordingState(RECORDING_STATES["missing" if now - began > START_WITHIN else "asked"], began)


def recording_states(lessons: Iterable[Lesson], now: datetime | None = None) -> dict[int, RecordingState]:
    """Map lessons (by pk) to their states, in two queries."""
    lessons, at = list(lessons), now or timezone.now()
    ids = [lesson.pk for lesson in lessons]
    outcomes = {one.lesson_id: one for one in LessonRecording.objects.filter(lesson__in=ids)}
    counts = dict(
        Recording.objects.filter(lesson__in=ids, emptied_at=None)
        .order_by()
        .values_list("lesson")
        .annotate(n=Count("pk"))
    )
    return {one.pk: recording_state(one, outcomes.get(one.pk), counts.get(one.pk, 0), at) for one in lessons}


def with_recording_facts(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    """Add the aliases that `recording_state_filter` uses; unused aliases cost nothing."""

    def footage(*conditions: Q, **where: Any) -> Exists:
        return Exists(LessonRecording.objects.filter(*conditions, lesson=OuterRef("pk"), **where))

    return lessons.alias(
        has_tracks=Exists(Recording.objects.filter(lesson=OuterRef("pk"), emptied_at=None)),
        told_begin=footage(begin_rank__gt=""),
        told_end=footage(end_rank__gt=""),
        good_begin=footage(begin_rank__gt="", begin_code=0),
        good_end=footage(end_rank__gt="", end_code=0),
        in_bin=footage(binned_at__isnull=False),
        told_failure=footage(FAILURE_FILTER),
        over_at=Coalesce("real_ended_at", "ends_at"),
        under_way_at=Coalesce("real_started_at", "starts_at"),
    )


def recording_state_filter(name: str, now: datetime) -> Q:
    """Return a state as a condition on lessons of `with_recording_facts`."""
    started, ended, running = Q(told_begin=True), Q(status=Status.END), Q(status=Status.ING)
    unreported = Q(in_bin=False, has_tracks=False, told_end=False)
    start_failed = started & Q(good_begin=False)
    requested = started | Q(record_types__contains=["remote"]) & ~Q(
        cancelled_at__isnull=False, status=Status.WILL
    )
    pending = unreported & ~start_failed & requested
    end_overdue, start_overdue = Q(over_at__lt=now - READY_WITHIN), Q(under_way_at__lt=now - START_WITHIN)
    empty = Q(in_bin=False, has_tracks=False, told_end=True)
    return {
        "binned": Q(in_bin=True),
        "ready": Q(in_bin=False, has_tracks=True),
        "failed": Q(in_bin=False, has_tracks=False, told_failure=True),
        "missing": empty & Q(good_end=True)
        | pending & (ended & end_overdue | running & ~started & start_overdue),
        "stopped": pending & ended & ~end_overdue,
        "started": pending & started & ~ended,
        "asked": pending & running & ~started & ~start_overdue,
    }[name]
