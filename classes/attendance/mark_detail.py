"""Detail of the mark of one person in one lesson, which opens below their row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

from django.conf import settings

from classes.attendance.calculation.calculate import SHARE_STEP
from classes.attendance.calculation.intervals import intersection, total_seconds
from classes.attendance.codes.codebook import coded_entries
from classes.attendance.engagement import EngagementSummary, lesson_engagement
from classes.attendance.missed_parts import MissedPart, locate_missed_parts
from classes.attendance.queries import RegisterEntry, build_entry
from classes.models import (
    Appeal,
    Attendance,
    Correction,
    GuestCredit,
    Lesson,
    LessonRecording,
    Observation,
    Recording,
)
from classes.recordings.url_guard import playback_url
from console.policy import may, scoped

Source = Observation.Source
DEVICES = ("camera", "mic", "speaker", "silence", "hand_up")


class StayRow(NamedTuple):
    entered_at: datetime
    left_at: datetime | None
    seconds: int | None
    evidence: str
    sources: tuple[str, ...]


class DeviceStates(NamedTuple):
    """Device states: True on, False off, None unknown. They affect no mark."""

    at: datetime | None
    camera: bool | None
    mic: bool | None
    speaker: bool | None
    silence: bool | None
    hand_up: bool | None


@dataclass(frozen=True)
class MarkDetail:
    """`polls_present` of `poll_count` polls during the time taught saw the person.

    `sees_devices` if the reader may see device states, which who is in charge of a student may not.
    """

    row: Attendance
    entry: RegisterEntry
    stays: list[StayRow]
    planned_share: Decimal | None
    poll_count: int
    polls_present: int
    sees_devices: bool
    last: DeviceStates | None
    live: DeviceStates | None
    corrections: list[Correction]
    credits: list[GuestCredit]
    appeals: list[Appeal]
    watch: list[MissedPart]
    samples: EngagementSummary | None


def build_mark_detail(row: Attendance, reader: Any) -> MarkDetail:
    """Return the parts of the detail that the reader, who may see the row, may see."""
    lesson, facts = row.lesson, row.reason
    available = Recording.objects.filter(lesson=lesson, emptied_at=None)
    recordings = scoped(available, reader, "recording", "list")
    if LessonRecording.objects.filter(lesson=lesson, binned_at__isnull=False).exists():
        recordings = recordings.none()
    polls = _poll_times(lesson, facts)
    sees_devices = may(reader, "list", "samples", row)
    return MarkDetail(
        row=row,
        entry=coded_entries(lesson.enterprise, [build_entry(row, lesson.enterprise.tz)])[0],
        stays=[_stay_row(one, facts["taught"]) for one in facts.get("stays", ())],
        planned_share=planned_share(lesson, facts),
        poll_count=len(polls),
        polls_present=sum(1 for poll in polls if _saw_person(facts, poll)),
        sees_devices=sees_devices,
        last=_last_states(row) if sees_devices else None,
        live=_live_states(row) if sees_devices else None,
        corrections=list(
            Correction.objects.filter(lesson=lesson, user_id=row.user_id).select_related("by").order_by("-id")
        ),
        credits=list(_credits(row)),
        appeals=_appeals(row, reader),
        watch=locate_missed_parts(facts, filter(_is_playable, recordings))
        if row.mark and row.mark != "present"
        else [],
        samples=lesson_engagement(reader, lesson, row.person),
    )


def _appeals(row: Attendance, reader: Any) -> list[Appeal]:
    if not row.person:
        return []
    appeals = scoped(row.lesson.appeals.all(), reader, "appeal", "list")
    return list(appeals.filter(person=row.person).select_related("answered_by"))


def _is_playable(recording: Recording) -> bool:
    """Return whether the track can be played."""
    return bool(recording.copy or playback_url(recording.url, settings.RECORDING_HOSTS))


def planned_share(lesson: Lesson, facts: Any) -> Decimal | None:
    """Return the share of the planned time that the person was present; None while the lesson runs."""
    if not facts.get("taught") or facts.get("running"):
        return None
    start, end = int(lesson.starts_at.timestamp()), int(lesson.ends_at.timestamp())
    stays = [(one["from"], end if one["to"] is None else one["to"]) for one in facts["stays"]]
    present_s = total_seconds(intersection(stays, [(start, end)]))
    return (Decimal(present_s) / (end - start)).quantize(SHARE_STEP, ROUND_DOWN) if end > start else None


def _stay_row(one: Any, taught: Any) -> StayRow:
    """Return the row of a stay, whose length is the part within the time taught, as the mark counts it."""
    length = None
    if one["to"] is not None:
        stay = (one["from"], one["to"])
        length = total_seconds(intersection([stay], [taught or stay]))
    left = None if one["to"] is None else _to_datetime(one["to"])
    return StayRow(_to_datetime(one["from"]), left, length, one["grade"], tuple(one["sources"]))


def _poll_times(lesson: Lesson, facts: Any) -> list[int]:
    """Return the times of the answered polls during the time taught."""
    if not facts.get("taught"):
        return []
    start, end = (_to_datetime(second) for second in facts["taught"])
    answered = (Source.POLL, Source.TICK, Source.COUNT)
    rows = Observation.objects.filter(lesson=lesson, source__in=answered, seen_at__range=(start, end))
    return sorted({int(at.timestamp()) for at in rows.values_list("seen_at", flat=True)})


def _saw_person(facts: Any, poll: int) -> bool:
    return any(
        "poll" in stay["sources"] and stay["from"] <= poll and (stay["to"] is None or poll < stay["to"])
        for stay in facts["stays"]
    )


def _last_states(row: Attendance) -> DeviceStates | None:
    """Return the last device states of the history."""
    observation = _newest_observation(row, Source.HISTORY)
    if not observation:
        return None
    return _device_states(observation.raw, "history_", observation.left_at or observation.seen_at)


def _live_states(row: Attendance) -> DeviceStates | None:
    """Return the device states at the last poll that saw the person."""
    observation = _newest_observation(row, Source.POLL, present=True)
    if not observation:
        return None
    return _device_states(observation.raw.get("status") or {}, "", observation.seen_at)


def _newest_observation(row: Attendance, source: str, **where: Any) -> Observation | None:
    """Return the newest observation that still has raw data, which retention may clear."""
    rows = Observation.objects.filter(lesson=row.lesson, user_id=row.user_id, source=source, **where)
    return rows.exclude(raw={}).order_by("-id").first()


def _device_states(raw: Any, prefix: str, at: datetime) -> DeviceStates:
    """Map 1 to True and 0 to False; -1 and any other value are unknown, never off."""
    values = {1: True, 0: False}
    return DeviceStates(at, *(values.get(raw.get(prefix + name)) for name in DEVICES))


def _credits(row: Attendance) -> Any:
    rows = GuestCredit.objects.filter(lesson=row.lesson, undone_at=None).select_related("person")
    return rows.filter(person=row.person) if row.expected else rows.filter(guest_id=row.user_id)


def _to_datetime(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
