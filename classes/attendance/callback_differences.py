"""Callbacks that contradict a final register. A person decides; they change no mark."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.attendance.calculation.types import CLOCK_TOLERANCE_S
from classes.models import Attendance, CallbackDifference, Lesson, Observation, Stay
from console.audit.trail import record
from console.concurrency import service

TOLERANCE = timedelta(seconds=CLOCK_TOLERANCE_S)
#: An entry this soon after an exit is a reconnect, so polls may have seen no gap.
RECONNECT_WINDOW = timedelta(seconds=60)
#: Most differences that are listed one by one.
MAX_SHOWN = 20

LessonPerson = tuple[int, str]
StayTimes = Sequence[tuple[datetime, datetime | None]]


class DifferenceDescription(NamedTuple):
    """A difference as text, with its row of the register if there is one."""

    sentence: str
    row: Attendance | None


def record_differences(lessons: Collection[int]) -> int:
    """Record the callbacks that the final stays of these lessons contradict; return how many are new.

    The caller holds locks on the lessons, so that no register becomes final in the meantime.
    """
    if not lessons:
        return 0
    callbacks = Observation.objects.filter(lesson__in=lessons, source=Observation.Source.CALLBACK)
    events: dict[LessonPerson, list[Observation]] = defaultdict(list)
    for row in callbacks.only("lesson", "user_id", "present", "entered_at", "left_at", "seen_at").order_by(
        "id"
    ):
        events[row.lesson_id, row.user_id].append(row)
    stays = _final_stays(events) if events else {}
    found = [one for key, rows in events.items() for one in _contradictions(rows, stays.get(key, ()))]
    before = CallbackDifference.objects.filter(lesson__in=lessons).count()
    CallbackDifference.objects.bulk_create(found, ignore_conflicts=True)
    return CallbackDifference.objects.filter(lesson__in=lessons).count() - before


def _final_stays(
    events: Mapping[LessonPerson, Any],
) -> dict[LessonPerson, list[tuple[datetime, datetime | None]]]:
    rows = Stay.objects.filter(
        lesson__in={lesson for lesson, _user_id in events},
        user_id__in={user_id for _lesson, user_id in events},
    ).order_by()
    stays: dict[LessonPerson, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for lesson, user_id, entered_at, left_at in rows.values_list(
        "lesson", "user_id", "entered_at", "left_at"
    ):
        stays[lesson, user_id].append((entered_at, left_at))
    return stays


def _contradictions(rows: Sequence[Observation], stays: StayTimes) -> Iterable[CallbackDifference]:
    """Return the entries and exits of one person that the stays do not confirm."""
    entries = [row.entered_at for row in rows if row.entered_at]
    for row in rows:
        moment = row.entered_at or row.left_at
        known = _within_stay(moment, stays) if row.present else _matches_exit(moment, stays, entries)
        if moment and not known:
            yield CallbackDifference(
                lesson_id=row.lesson_id,
                user_id=row.user_id,
                entered=bool(row.present),
                told_at=moment,
                received_at=row.seen_at,
            )


def _within_stay(moment: datetime | None, stays: StayTimes) -> bool:
    return moment is not None and any(
        entered - TOLERANCE <= moment and (left is None or moment <= left + TOLERANCE)
        for entered, left in stays
    )


def _matches_exit(moment: datetime | None, stays: StayTimes, entries: Iterable[datetime]) -> bool:
    """Return whether a stay ends at that moment, or continues because the person reconnected."""
    if moment is None:
        return False
    back = any(moment <= entry <= moment + RECONNECT_WINDOW for entry in entries)
    ends = any(left is not None and abs(left - moment) <= TOLERANCE for _entered, left in stays)
    return ends or (back and _within_stay(moment, stays))


def undecided_differences(lesson: Lesson) -> QuerySet[CallbackDifference]:
    return CallbackDifference.objects.filter(lesson=lesson, decided_at=None)


def describe_differences(
    lesson: Lesson, differences: Iterable[CallbackDifference]
) -> list[DifferenceDescription]:
    """Describe each difference in the active language and the time zone of the school."""
    shown = list(differences)
    ids = {one.user_id for one in shown}
    rows = {row.user_id: row for row in Attendance.objects.filter(lesson=lesson, user_id__in=ids)}
    return [
        DifferenceDescription(
            _describe_difference(one, rows.get(one.user_id), lesson.enterprise.tz), rows.get(one.user_id)
        )
        for one in shown
    ]


def _describe_difference(one: CallbackDifference, row: Attendance | None, zone: ZoneInfo) -> str:
    values = {
        "who": (row and row.nickname) or one.user_id,
        "when": f"{one.told_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "received": f"{one.received_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
    }
    if one.entered:
        return (
            _(
                "According to a message from iclass received at %(received)s, %(who)s "
                "joined at %(when)s. Neither the live list nor the history shows this."
            )
            % values
        )
    return (
        _(
            "According to a message from iclass received at %(received)s, %(who)s left at "
            "%(when)s. Neither the live list nor the history shows this."
        )
        % values
    )


@service
def keep_marks(*, lesson: Lesson, seen: Collection[int], by: User | None) -> int:
    """Decide that the marks stay as they are; return how many differences that settles.

    `seen` are the keys of the differences that were shown; those that arrived since stay undecided. If a
    callback is right, correct the mark by hand first. There is one audit entry for all differences.
    """
    found = list(undecided_differences(lesson).filter(pk__in=seen).select_for_update().order_by("pk"))
    if not found:
        return 0
    ids = [one.pk for one in found]
    CallbackDifference.objects.filter(pk__in=ids).update(decided_at=timezone.now(), decided_by=by)
    values = {"differences": len(found), "user_ids": sorted({one.user_id for one in found})}
    record("attendance.differences", lesson, by=by, after=values)
    return len(found)
